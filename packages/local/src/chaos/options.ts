import { parseArgs } from "node:util";

export type ChaosOptions = {
  events: number;
  seed: number;
};

const usage = `npm run chaos [-- --events N] [--seed S] [--json]

  --events N   how many events are recorded while everything fails (10000)
  --seed S     draws the same faults and crashes again; how they meet is up to the machine
  --json       the figures as one JSON object on standard output`;

export function readOptions(args: readonly string[]): ChaosOptions & { isJson: boolean } {
  const { events, seed, json } = parse(args);
  const options = { events: Number(events), seed: seed === undefined ? Date.now() % 2 ** 32 : Number(seed) };
  if (!Number.isSafeInteger(options.events) || options.events < 1) throw new Error(usage);
  if (!Number.isSafeInteger(options.seed) || options.seed < 0) throw new Error(usage);
  return { ...options, isJson: json };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        events: { type: "string", default: "10000" },
        seed: { type: "string" },
        json: { type: "boolean", default: false },
      },
    }).values;
  } catch (cause) {
    throw new Error(usage, { cause });
  }
}
