import { messageOf } from "./errors.ts";
import type { Logger } from "./log.ts";

let isWatching = false;

/**
 * Keeps this process alive when a promise is rejected and nobody looks: the rejection is logged at error, and what the process is
 * doing for others goes on. `isLambda` also takes away the listener of Lambda's runtime, which would end the process in the
 * middle of a batch.
 */
export function surviveRejections(log: Logger, { isLambda }: { isLambda: boolean }): void {
  if (isWatching) return;
  isWatching = true;
  if (isLambda) process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", (reason) => {
    log.error({ error: messageOf(reason) }, "a promise was rejected and nobody looked");
  });
}
