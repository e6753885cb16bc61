import { parseArgs } from "node:util";

const usage = `npm run bench -- soak [--rate N] [--minutes N] [--svg FILE] [--json]

  --rate N      events a second (300)
  --minutes N   how long they are sent (20); in less, the outage, the replay and retry delays shrink
  --svg FILE    where the drawing goes (soak.svg)
  --json        one JSON object on standard output`;

const wholeMinutes = 20;
const leastMinutes = 0.1;

export type SoakOptions = { rate: number; seconds: number; share: number };

export function readSoakOptions(args: readonly string[]) {
  const { rate, minutes, svg, json } = parse(args);
  const options = { rate: Number(rate), minutes: Number(minutes) };
  const isSensible = options.rate >= 1 && options.minutes >= leastMinutes;
  if (!isSensible || !Object.values(options).every(Number.isFinite)) throw new Error(usage);
  const share = Math.min(1, options.minutes / wholeMinutes);
  return { rate: options.rate, seconds: options.minutes * 60, share, svg, isJson: json };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        rate: { type: "string", default: "300" },
        minutes: { type: "string", default: String(wholeMinutes) },
        svg: { type: "string", default: "soak.svg" },
        json: { type: "boolean", default: false },
      },
    }).values;
  } catch (cause) {
    throw new Error(usage, { cause });
  }
}
