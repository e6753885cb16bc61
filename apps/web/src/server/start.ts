import { messageOf } from "@eventfork/core/kernel";
import { getRuntime } from "./runtime.ts";

/** Ends the process when its settings are missing or wrong: Next would go on listening, and fail at every request. */
export function start(): void {
  try {
    getRuntime();
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exit(1);
  }
}
