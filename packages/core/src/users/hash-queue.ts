import { availableParallelism } from "node:os";
import { EventforkError } from "../kernel/index.ts";

/** Logging in is also confirming a password that is known, and replacing it. */
export type HashPurpose = "log_in" | "sign_up";

/** Longer than this nobody waits for a hash to begin: the request is refused, and says when to come back. */
const longestWaitMs = { log_in: 10_000, sign_up: 2_000 } as const satisfies Record<HashPurpose, number>;

/** Until a hash was measured. */
const assumedMs = 100;

/** How much of the mean the latest hash is. */
const weight = 0.2;

/** libuv has four threads, which files and names need too. */
const mostThreads = 3;

type Waiting = { since: number; start: () => void; refuse: (error: Error) => void };

export type HashQueue = { run<Result>(purpose: HashPurpose, hash: () => Promise<Result>): Promise<Result> };

/** One core is left to the event loop, so that pages answer while passwords are hashed. */
export const hashParallelism = Math.max(1, Math.min(mostThreads, availableParallelism() - 1));

/**
 * Runs `parallelism` hashes at once, log-ins before sign-ups.
 * `run` throws EventforkError `UNAVAILABLE` with the seconds to wait, before it hashes, when the wait would be too long.
 */
export function createHashQueue({ parallelism }: { parallelism: number }): HashQueue {
  const waiting: Record<HashPurpose, Waiting[]> = { log_in: [], sign_up: [] };
  let running = 0;
  let meanMs = assumedMs;

  /** Sign-ups wait for all, log-ins for those before them. */
  function estimateWaitMs(purpose: HashPurpose): number {
    const before = waiting.log_in.length + (purpose === "sign_up" ? waiting.sign_up.length : 0);
    return Math.floor((running + before) / parallelism) * meanMs;
  }

  function busy(purpose: HashPurpose): EventforkError {
    const seconds = Math.max(1, Math.ceil(estimateWaitMs(purpose) / 1_000));
    const problems = [{ path: "retryAfterSeconds", message: String(seconds) }];
    return new EventforkError("UNAVAILABLE", `Busy, try again in ${seconds} s.`, { problems });
  }

  /** Log-ins that came later may have overtaken a sign-up for longer than was estimated. */
  function refuseLate(purpose: HashPurpose): void {
    const latest = performance.now() - longestWaitMs[purpose];
    while ((waiting[purpose][0]?.since ?? latest) < latest) waiting[purpose].shift()?.refuse(busy(purpose));
  }

  function startNext(): void {
    refuseLate("log_in");
    refuseLate("sign_up");
    if (running < parallelism) (waiting.log_in.shift() ?? waiting.sign_up.shift())?.start();
  }

  async function takePlace(purpose: HashPurpose): Promise<void> {
    if (running >= parallelism) {
      if (estimateWaitMs(purpose) > longestWaitMs[purpose]) throw busy(purpose);
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const start = () => {
        running += 1;
        resolve();
      };
      waiting[purpose].push({ since: performance.now(), start, refuse: reject });
      return promise;
    }
    running += 1;
  }

  return {
    async run(purpose, hash) {
      await takePlace(purpose);
      const from = performance.now();
      try {
        return await hash();
      } finally {
        meanMs += weight * (performance.now() - from - meanMs);
        running -= 1;
        startNext();
      }
    },
  };
}
