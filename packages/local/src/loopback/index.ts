import type { IncomingMessage, Server, ServerResponse } from "node:http";

/** Where the local parts listen: nobody else on the network reaches them. */
export const loopback = "127.0.0.1";

const localNames = new Set([loopback, "localhost", "[::1]"]);

/**
 * Refuses what a web page sends, and what comes under a name that leads here without being this machine's (DNS
 * rebinding). The local parts ask for no credentials: a sender of requests may do everything.
 */
export function refuseForeignRequests(server: Server): void {
  const listeners = server.listeners("request");
  server.removeAllListeners("request");
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    if (isForeignRequest(request)) {
      response.writeHead(403, { "content-type": "text/plain", connection: "close" });
      response.end("This port is for programs of this machine: not for web pages, nor under another host name.\n");
    } else {
      for (const listener of listeners) listener.call(server, request, response);
    }
  });
}

function isForeignRequest({ headers: { host = "", origin } }: IncomingMessage): boolean {
  return !localNames.has(host.replace(/:\d+$/, "")) || (origin !== undefined && origin !== `http://${host}`);
}
