import { startSandbox } from "../sandbox/index.ts";
import { runProcess } from "./run.ts";

// Its files hold mail.
process.umask(0o077);

const [port, file] = process.argv.slice(2);

await runProcess("sandbox", () =>
  startSandbox({ port: Number(port), isAlone: true, ...(file === undefined ? {} : { file }) }),
);
