import { setTimeout as sleep } from "node:timers/promises";
import { type Logger, messageOf } from "@eventfork/core/platform";

export type Schedule = { name: string; everySeconds: number; job: () => Promise<void>; log: Logger };

/** Never runs a job concurrently with itself; logs failures. */
export function startSchedule({ name, everySeconds, job, log }: Schedule): { stop: () => Promise<void> } {
  const stopping = new AbortController();
  const running = (async () => {
    while (!stopping.signal.aborted) {
      await job().catch((error) => log.warn({ job: name, error: messageOf(error) }, "a scheduled job failed"));
      await sleep(everySeconds * 1_000, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
