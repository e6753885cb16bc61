// `npm run chaos`: everything fails at the same time, and nothing may be lost.
import { messageOf } from "@eventfork/core/kernel";
import { readOptions } from "./options.ts";
import { isPassed, toFigures, toText } from "./report.ts";
import { runChaos } from "./run.ts";

async function main(): Promise<void> {
  const { isJson, ...options } = readOptions(process.argv.slice(2));
  const log = (line: string) => process.stderr.write(`${line}\n`);
  const result = await runChaos({ ...options, log: isJson ? () => {} : log });
  process.stdout.write(`${isJson ? JSON.stringify(toFigures(result)) : toText(result)}\n`);
  process.exitCode = isPassed(result) ? 0 : 1;
}

main().catch((error) => {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
});
