import { Server as HttpServer } from "node:http";
import { Server } from "node:net";
import { loopback, refuseForeignRequests } from "../loopback/index.ts";
import { installFilter } from "./filter-hook.ts";

export { type ProvisionOptions, provision } from "./provision.ts";

export type Broker = { port: number; url: string; stop: () => Promise<void> };

export async function startBroker(options: { port: number; dataDir?: string }): Promise<Broker> {
  installFilter();
  const { startFauxqs } = await import("fauxqs");
  const { port, dataDir } = options;
  const server = await onLoopback(() =>
    startFauxqs({ port, logger: false, ...(dataDir !== undefined && { dataDir }) }),
  );
  return { port: server.port, url: `http://${loopback}:${server.port}`, stop: () => server.stop() };
}

/** The emulator listens on every interface and has no option for it. */
async function onLoopback<Started>(start: () => Promise<Started>): Promise<Started> {
  const { listen } = Server.prototype;
  Server.prototype.listen = function (this: Server, options: object, ...rest: unknown[]) {
    if (this instanceof HttpServer) refuseForeignRequests(this);
    return Reflect.apply(listen, this, [{ ...options, host: loopback }, ...rest]);
  } as typeof listen;
  return start().finally(() => {
    Server.prototype.listen = listen;
  });
}

export function brokerEnv(url: string) {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
  };
}
