import { availableParallelism } from "node:os";
import { EventforkError } from "../kernel/index.ts";

/** Logging in is also confirming a password that is known, and replacing it. */
type HashPurpose = "log_in" | "sign_up";

/** Longer than this nobody waits for a hash to begin: the request is refused, and says when to come back. */
const longestWaitMs = { log_in: 10_000, sign_up: 2_000 } as const satisfies Record<HashPurpose, number>;

/** Until a hash was measured. */
const assumedMs = 100;

/** How much of the mean the latest hash is. */
const weight = 0.2;

/** libuv has four threads, which files and names need too. */
const mostThreads = 3;

/** Of hashes that begin while both wait, one in so many is a sign-up's: who logs in without end does not stop sign-ups. */
const logInsForEachSignUp = 3;

/** Who waits for a hash. */
export type HashRequest = {
  purpose: HashPurpose;
  /** As the limits of a network count it. Null where no address is known. */
  network: string | null;
};

type Waiting = { since: number; start: () => void; refuse: (error: Error) => void };

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

/** Those who wait for hashes of one purpose. Networks take turns: nobody waits for all that another network asked for. */
function createLine() {
  const networks = new Map<string | null, Waiting[]>();
  return {
    length: () => sum([...networks.values()].map(({ length }) => length)),

    /** How many start before one that joins now. */
    before(network: string | null): number {
      const own = networks.get(network)?.length ?? 0;
      const others = [...networks].filter(([other]) => other !== network);
      return own + sum(others.map(([, { length }]) => Math.min(length, own + 1)));
    },

    join(network: string | null, waiting: Waiting): void {
      networks.set(network, [...(networks.get(network) ?? []), waiting]);
    },

    next(): Waiting | undefined {
      for (const [network, [first, ...rest]] of networks) {
        networks.delete(network);
        if (rest.length > 0) networks.set(network, rest);
        return first;
      }
      return undefined;
    },

    /** Removes those who came before `time`. */
    takeFrom(time: number): Waiting[] {
      const late: Waiting[] = [];
      for (const [network, waiting] of networks) {
        const inTime = waiting.filter(({ since }) => since >= time);
        late.push(...waiting.slice(0, waiting.length - inTime.length));
        if (inTime.length > 0) networks.set(network, inTime);
        else networks.delete(network);
      }
      return late;
    },
  };
}

export type HashQueue = { run<Result>(request: HashRequest, hash: () => Promise<Result>): Promise<Result> };

/** One core is left to the event loop, so that pages answer while passwords are hashed. */
export const hashParallelism = Math.max(1, Math.min(mostThreads, availableParallelism() - 1));

/**
 * Runs `parallelism` hashes at once, log-ins before sign-ups, networks in turns.
 * `run` throws EventforkError `UNAVAILABLE` with the seconds to wait, before it hashes, when the wait would be too long.
 */
export function createHashQueue({ parallelism }: { parallelism: number }): HashQueue {
  const lines = { log_in: createLine(), sign_up: createLine() };
  let running = 0;
  let logInsInARow = 0;
  let meanMs = assumedMs;

  function countBefore({ purpose, network }: HashRequest): number {
    const { log_in, sign_up } = lines;
    const before = lines[purpose].before(network);
    if (purpose === "log_in") return before + Math.min(sign_up.length(), Math.ceil(before / logInsForEachSignUp));
    return before + Math.min(log_in.length(), (before + 1) * logInsForEachSignUp);
  }

  const estimateWaitMs = (request: HashRequest) => Math.floor((running + countBefore(request)) / parallelism) * meanMs;

  function busy(request: HashRequest): EventforkError {
    const seconds = Math.max(1, Math.ceil(estimateWaitMs(request) / 1_000));
    const problems = [{ path: "retryAfterSeconds", message: String(seconds) }];
    return new EventforkError("UNAVAILABLE", `Busy, try again in ${seconds} s.`, { problems });
  }

  /** Others that came later may have started before them, for longer than was estimated. */
  function refuseLate(purpose: HashPurpose): void {
    const late = lines[purpose].takeFrom(performance.now() - longestWaitMs[purpose]);
    for (const { refuse } of late) refuse(busy({ purpose, network: null }));
  }

  function next(): Waiting | undefined {
    const isSignUpsTurn = logInsInARow >= logInsForEachSignUp;
    const signUp = isSignUpsTurn ? lines.sign_up.next() : undefined;
    const logIn = signUp === undefined ? lines.log_in.next() : undefined;
    logInsInARow = logIn === undefined ? 0 : logInsInARow + 1;
    return signUp ?? logIn ?? lines.sign_up.next();
  }

  function startNext(): void {
    refuseLate("log_in");
    refuseLate("sign_up");
    if (running < parallelism) next()?.start();
  }

  async function takePlace(request: HashRequest): Promise<void> {
    const { purpose, network } = request;
    if (running >= parallelism) {
      if (estimateWaitMs(request) > longestWaitMs[purpose]) throw busy(request);
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const start = () => {
        running += 1;
        resolve();
      };
      lines[purpose].join(network, { since: performance.now(), start, refuse: reject });
      return promise;
    }
    running += 1;
  }

  return {
    async run(request, hash) {
      await takePlace(request);
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
