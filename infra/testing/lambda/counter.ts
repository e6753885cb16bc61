import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export type Counter = {
  url: string;
  calls: string[];
  slow: Map<string, number>;
  stop: () => void;
};

export async function startCounter(target: string): Promise<Counter> {
  const calls: string[] = [];
  const slow: Counter["slow"] = new Map();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const named = String(request.headers["x-amz-target"] ?? new URLSearchParams(body.toString()).get("Action"));
    const action = named.replace(/^\w+\./, "");
    calls.push(action);
    const waitMs = slow.get(action) ?? 0;
    if (waitMs === Number.POSITIVE_INFINITY) return;
    if (waitMs > 0) await sleep(waitMs);
    const { host: _, connection: __, "content-length": ___, ...headers } = request.headers;
    const answer = await fetch(new URL(request.url ?? "/", target), {
      method: request.method ?? "POST",
      headers: headers as Record<string, string>,
      body,
    });
    response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "text/plain" });
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${port}`, calls, slow, stop };
}
