import { parseArgs } from "node:util";
import { createDb } from "@eventfork/core/platform/db";
import type { Env } from "@eventfork/core/platform/env";
import { newPassword } from "@eventfork/local/postgres";
import { drain } from "./drain.ts";
import { readBenchOptions } from "./options.ts";
import { withServices } from "./stack.ts";
import { countedUrl, countingPostgres } from "./statements.ts";

const usage = `npm run bench -- scale-out [--events N] [--json]

  --events N   how many events each number of processes drains (10000)
  --json       one JSON object on standard output`;

const processCounts = [1, 2, 4];

/** `ratio`: events a second, to those of one process. */
type ScaledOut = { processes: number; eventsPerSecond: number; ratio: number };

/** Consumer processes share nothing but the queues and the database. */
export async function benchScaleOut(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { events: { type: "string", default: "10000" }, json: { type: "boolean", default: false } },
  });
  const events = Number(values.events);
  if (!Number.isInteger(events) || events < 10) throw new Error(usage);
  const measured = await measure(events);
  console.log(values.json ? JSON.stringify({ events, measured }) : describe(measured));
}

/** Services of their own for each: the broker still hands messages to pollers that have ended. */
async function measure(events: number): Promise<ScaledOut[]> {
  const rates: number[] = [];
  for (const processes of processCounts) rates.push(await measureRate(events, processes));
  const [first = 1] = rates;
  return processCounts.map((processes, i) => {
    const rate = rates[i] ?? 0;
    return { processes, eventsPerSecond: Math.round(rate), ratio: Math.round((100 * rate) / first) / 100 };
  });
}

function measureRate(events: number, consumers: number): Promise<number> {
  const services = { postgres: countingPostgres(newPassword()), isBrokerPersistent: false };
  return withServices("scale-out", services, async (running) => {
    const env: Env = { ...running.services.env, LOG_LEVEL: "warn" };
    const db = createDb({ connections: 2, env });
    const { seconds } = await drain({
      ...{ ...readBenchOptions(["--events", String(events)]), consumers, warmUpEvents: Math.min(2_000, events) },
      ...{ env, consumerEnv: { ...env, DATABASE_URL: countedUrl(env.DATABASE_URL ?? "") }, db },
      ...{ sandboxUrl: running.services.sandboxUrl, startingAt: 0, watch: async () => async () => undefined },
    });
    await db.$disconnect();
    return events / seconds;
  });
}

function describe(measured: readonly ScaledOut[]): string {
  const lines = measured.map(({ processes, eventsPerSecond, ratio }) =>
    [processes, eventsPerSecond, ratio.toFixed(2)].map((value) => String(value).padStart(10)).join(""),
  );
  return [" processes  events/s     ratio", ...lines].join("\n");
}
