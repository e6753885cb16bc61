import { startBroker } from "../broker/index.ts";
import { runProcess } from "./run.ts";

// Its files hold queued events.
process.umask(0o077);

const [port, dataDir] = process.argv.slice(2);

await runProcess("broker", () => startBroker({ port: Number(port), ...(dataDir === undefined ? {} : { dataDir }) }));
