import { startSandbox } from "../sandbox/index.ts";
import { runProcess } from "./run.ts";

const [port, file] = process.argv.slice(2);

await runProcess("sandbox", () =>
  startSandbox({ port: Number(port), isAlone: true, ...(file === undefined ? {} : { file }) }),
);
