import { parseArgs } from "node:util";
import type { PublishCtx } from "@eventfork/core/outbox";
import { silentLogger } from "@eventfork/core/platform";
import { createDb } from "@eventfork/core/platform/db";
import type { Env } from "@eventfork/core/platform/env";
import { createMessaging } from "@eventfork/core/platform/fan-out";
import { countDeliveries, createEvents } from "@eventfork/local/workload";
import { sendAtRate } from "../load.ts";
import { withServices } from "../stack.ts";
import { describePercentiles, readStages, type Stages, stageSettings, stages, summarizeStages } from "../stages.ts";
import { startConsumers } from "../workers.ts";

const usage = `npm run bench -- latency [--rates 1,10,100,500] [--seconds N] [--json]

  --rates LIST   events a second, one rate after another (1,10,100,500)
  --seconds N    how long each rate is held (20)
  --json         one JSON object on standard output`;

type Latency = { rate: number; deliveries: number; stages: Stages };

function readOptions(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rates: { type: "string", default: "1,10,100,500" },
      seconds: { type: "string", default: "20" },
      json: { type: "boolean", default: false },
    },
  });
  const rates = values.rates.split(",").map(Number);
  const seconds = Number(values.seconds);
  if (!rates.every((rate) => rate > 0) || !(seconds > 0)) throw new Error(usage);
  return { rates, seconds, isJson: values.json };
}

export async function benchLatency(args: readonly string[]): Promise<void> {
  const { isJson, ...options } = readOptions(args);
  const postgres = { settings: stageSettings };
  await withServices("latency", { postgres, isBrokerPersistent: false }, async ({ services }) => {
    const env: Env = { ...services.env, LOG_LEVEL: "warn" };
    const db = createDb({ connections: 10, env });
    const ctx = { db, messaging: createMessaging(env), log: silentLogger, now: () => new Date() };
    const rates = await measureRates(ctx, { env, ...options });
    await db.$disconnect();
    console.log(isJson ? JSON.stringify({ rates }) : describe(rates));
  });
}

const warmUpEvents = 200;

async function measureRates(
  ctx: PublishCtx,
  { env, rates, seconds }: { env: Env; rates: readonly number[]; seconds: number },
): Promise<Latency[]> {
  const consumers = await startConsumers("engine", env, { consumers: "one", profileFolder: undefined });
  try {
    const latencies: Latency[] = [];
    let finished = 0;
    const send = async (rate: number, count: number) => {
      const { commitMs, refused } = await sendAtRate(ctx, { rate, count, from: finished });
      if (refused.length > 0) throw new Error(`${refused.length} events were not recorded`);
      finished += countDeliveries(createEvents(count, finished));
      await consumers.waitUntilFinished(finished);
      return commitMs;
    };
    await send(100, warmUpEvents);
    for (const rate of rates) {
      const since = new Date();
      const commitMs = await send(rate, Math.max(10, Math.round(rate * seconds)));
      const rows = await readStages(ctx.db, since);
      latencies.push({ rate, deliveries: rows.length, stages: summarizeStages(rows, commitMs) });
    }
    return latencies;
  } finally {
    await consumers.stop();
  }
}

function describe(latencies: readonly Latency[]): string {
  const head = `events/s${stages.map((stage) => stage.padStart(13)).join("")}   (ms, p50 / p99)`;
  const lines = latencies.map(
    ({ rate, stages: of }) =>
      `${String(rate).padStart(8)}${stages.map((stage) => describePercentiles(of[stage])).join("")}`,
  );
  return [head, ...lines].join("\n");
}
