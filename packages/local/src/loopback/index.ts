import type { IncomingMessage, Server, ServerResponse } from "node:http";

export const loopback = "127.0.0.1";

const localNames = new Set([loopback, "localhost", "[::1]"]);

/**
 * Refuses requests of web pages and under foreign host names (DNS rebinding), because the local services check no
 * credentials.
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
