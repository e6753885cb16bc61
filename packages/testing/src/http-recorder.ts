import { EventEmitter, once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type RecordedRequest = { method: string; path: string; headers: IncomingHttpHeaders; body: string };

/** An object is sent as JSON. `hang` never responds, `reset` breaks the connection. */
export type RecorderAnswer =
  | { status?: number; headers?: Record<string, string>; body?: string | object }
  | "hang"
  | "reset";

type Answerer = (request: RecordedRequest) => RecorderAnswer | Promise<RecorderAnswer>;

export type HttpRecorder = Awaited<ReturnType<typeof startHttpRecorder>>;

export async function startHttpRecorder() {
  const requests: RecordedRequest[] = [];
  const arrivals = new EventEmitter();
  let answer: Answerer = () => ({});
  let open = 0;
  let mostOpen = 0;

  const server = createServer(async (incoming, outgoing) => {
    open += 1;
    mostOpen = Math.max(mostOpen, open);
    outgoing.once("close", () => {
      open -= 1;
    });
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const request = {
      method: incoming.method ?? "",
      path: incoming.url ?? "",
      headers: incoming.headers,
      body: Buffer.concat(chunks).toString(),
    };
    requests.push(request);
    arrivals.emit("request");
    send(outgoing, await answer(request));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    mostOpen: () => mostOpen,
    answerWith(next: RecorderAnswer | Answerer): void {
      answer = typeof next === "function" ? next : () => next;
    },
    arrival: () => once(arrivals, "request"),
    forget(): void {
      requests.length = 0;
      mostOpen = 0;
      answer = () => ({});
    },
    async stop(): Promise<void> {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function send(outgoing: ServerResponse, answer: RecorderAnswer): void {
  if (answer === "hang") return;
  if (answer === "reset") {
    outgoing.destroy();
    return;
  }
  const { status = 200, headers = {}, body = {} } = answer;
  const type = typeof body === "string" ? "text/html" : "application/json";
  outgoing.writeHead(status, { "content-type": type, ...headers });
  outgoing.end(status === 204 ? undefined : typeof body === "string" ? body : JSON.stringify(body));
}
