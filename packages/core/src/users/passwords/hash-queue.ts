import { availableParallelism } from "node:os";
import { EventforkError } from "../../platform/index.ts";

type HashPurpose = "log_in" | "sign_up";

const longestWaitMs = { log_in: 10_000, sign_up: 2_000 } as const satisfies Record<HashPurpose, number>;

const assumedMs = 100;

const weight = 0.2;

/** libuv has four threads, which file and DNS calls need too. */
const mostThreads = 3;

/** So that log-ins cannot block sign-ups. */
const logInsForEachSignUp = 3;

export type HashRequest = {
  purpose: HashPurpose;
  network: string | null;
};

type Waiting = { since: number; start: () => void; refuse: (error: Error) => void };

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

function createLine() {
  const networks = new Map<string | null, Waiting[]>();
  return {
    length: () => sum([...networks.values()].map(({ length }) => length)),

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

export const hashParallelism = Math.max(1, Math.min(mostThreads, availableParallelism() - 1));

/** `run` throws EventforkError `UNAVAILABLE`, with the seconds to wait, when the wait would be too long. */
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

  async function acquireSlot(request: HashRequest): Promise<void> {
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
      await acquireSlot(request);
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
