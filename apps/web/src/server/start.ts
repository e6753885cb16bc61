import { messageOf } from "@eventfork/core/kernel";
import { startTracing } from "@eventfork/core/traces";
import { createRuntime } from "./create-runtime.ts";
import { setRuntime } from "./runtime.ts";

/** Ends the process when its settings are missing or wrong: Next would go on listening, and fail at every request. */
export async function start(): Promise<void> {
  try {
    await startTracing("web");
    setRuntime(createRuntime());
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exit(1);
  }
}
