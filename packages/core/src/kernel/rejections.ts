import { messageOf } from "./errors.ts";
import type { Logger } from "./log.ts";

let isWatching = false;

/**
 * Logs rejections that nobody handles, so that the process lives on. `isLambda` also removes the listener of Lambda's
 * runtime, which would end the process in the middle of a batch.
 */
export function surviveRejections(log: Logger, { isLambda }: { isLambda: boolean }): void {
  if (isWatching) return;
  isWatching = true;
  if (isLambda) process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", (reason) => {
    log.error({ error: messageOf(reason) }, "a promise was rejected and nobody looked");
  });
}
