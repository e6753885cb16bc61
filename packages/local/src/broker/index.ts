import { installFilter } from "./filter-hook.ts";

export { type ProvisionOptions, provision } from "./provision.ts";

export type Broker = { port: number; url: string; stop: () => Promise<void> };

/**
 * Starts the SNS and SQS emulator with our matcher, on every interface: it has no other option. Only `dataDir` makes it
 * persistent.
 */
export async function startBroker(options: { port: number; dataDir?: string }): Promise<Broker> {
  installFilter();
  const { startFauxqs } = await import("fauxqs");
  const server = await startFauxqs({
    port: options.port,
    logger: false,
    ...(options.dataDir === undefined ? {} : { dataDir: options.dataDir }),
  });
  return { port: server.port, url: `http://127.0.0.1:${server.port}`, stop: () => server.stop() };
}

/** The emulator checks no credentials. */
export function brokerEnv(url: string) {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
  };
}
