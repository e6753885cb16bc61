import { CommanderError } from "commander";
import { createProgram } from "./program.ts";
import { printRefusal } from "./terminal/output.ts";

const isJson = process.argv.includes("--json");
const program = createProgram({ isJson });
if (process.argv[2] === "complete") {
  const { addCompletion } = await import("./completion.ts");
  addCompletion(program);
}
try {
  await program.parseAsync();
} catch (thrown) {
  if (!(thrown instanceof CommanderError)) throw thrown;
  process.exitCode = thrown.exitCode;
  if (isJson && thrown.exitCode !== 0) printRefusal(thrown.message);
}
