import { startBroker } from "../broker/index.ts";
import { runProcess } from "./run.ts";

// Its files hold mails and queued events: nobody else on the machine reads them.
process.umask(0o077);

const [port, dataDir] = process.argv.slice(2);

await runProcess("broker", () => startBroker({ port: Number(port), ...(dataDir === undefined ? {} : { dataDir }) }));
