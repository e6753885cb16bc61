import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import * as Outbox from "@eventfork/core/outbox";
import { type Ctx, silentLogger } from "@eventfork/core/platform";
import { createDb, type Db } from "@eventfork/core/platform/db";
import type { Env } from "@eventfork/core/platform/env";
import { createMessaging } from "@eventfork/core/platform/fan-out";
import { requiredNames, topologyOf } from "@eventfork/core/topology";
import { startServices } from "@eventfork/local/services";
import { Supervisor } from "@eventfork/local/supervisor";
import { countDeliveries, createEvents } from "@eventfork/local/workload";
import { startConsumers } from "../workers.ts";

const usage = `npm run bench -- latency [--rates 1,10,100,500] [--seconds N] [--json]

  --rates LIST   events a second, one rate after another (1,10,100,500)
  --seconds N    how long each rate is held (20)
  --json         one JSON object on standard output`;

/** Milliseconds. */
type Percentiles = { p50: number; p99: number };

/**
 * `commit`: the transaction that records the event. `published`: until SNS has accepted it. `received`: through SNS and
 * SQS until a consumer has claimed it. `recorded`: the provider's call and recording its outcome. `total`: from the commit on.
 * All but `paced` leave integrations out whose batches keep an interval; `paced` is their total.
 */
const stages = ["commit", "published", "received", "recorded", "total", "paced"] as const;

type Latency = { rate: number; deliveries: number; stages: Record<(typeof stages)[number], Percentiles> };

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
  const folder = await mkdtemp(join(tmpdir(), "eventfork-latency-"));
  const supervisor = new Supervisor((line) => process.stderr.write(`${line}\n`));
  try {
    const { env: services } = await startServices(supervisor, { folder, isBrokerPersistent: false });
    const env: Env = { ...services, LOG_LEVEL: "warn" };
    const db = createDb({ connections: 10, env });
    const ctx = { db, messaging: createMessaging(env), log: silentLogger, now: () => new Date() };
    const rates = await measureRates(ctx, { env, ...options });
    await db.$disconnect();
    console.log(isJson ? JSON.stringify({ rates }) : describe(rates));
  } finally {
    await supervisor.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

const warmUpEvents = 200;

async function measureRates(
  ctx: Pick<Ctx, "db" | "messaging" | "now" | "log">,
  { env, rates, seconds }: { env: Env; rates: readonly number[]; seconds: number },
): Promise<Latency[]> {
  const consumers = await startConsumers("engine", env, { consumers: "one", profileFolder: undefined });
  try {
    const latencies: Latency[] = [];
    let recorded = await send(ctx, { rate: 100, count: warmUpEvents, from: 0 });
    let finished = recorded.deliveries;
    await consumers.waitUntilFinished(finished);
    for (const rate of rates) {
      const count = Math.max(10, Math.round(rate * seconds));
      const since = new Date();
      recorded = await send(ctx, { rate, count, from: finished });
      finished += recorded.deliveries;
      await consumers.waitUntilFinished(finished);
      latencies.push(await readLatency(ctx.db, { rate, since, commitMs: recorded.commitMs }));
    }
    return latencies;
  } finally {
    await consumers.stop();
  }
}

/** An open loop: an event begins at its time, however slow the others are. */
async function send(
  ctx: Pick<Ctx, "db" | "messaging" | "now" | "log">,
  { rate, count, from }: { rate: number; count: number; from: number },
): Promise<{ deliveries: number; commitMs: number[] }> {
  const events = createEvents(count, from);
  const startedAt = performance.now();
  const commits = events.map(async (event, index) => {
    await sleep(Math.max(0, startedAt + (index * 1_000) / rate - performance.now()));
    const begunAt = performance.now();
    await Outbox.recordMany(ctx.db, [event]);
    const ms = performance.now() - begunAt;
    await Outbox.publishPending(ctx);
    return ms;
  });
  return { commitMs: await Promise.all(commits), deliveries: countDeliveries(events) };
}

async function readLatency(
  db: Db,
  { rate, since, commitMs }: { rate: number; since: Date; commitMs: readonly number[] },
): Promise<Latency> {
  const rows = await db.$queryRaw<Row[]>`
    SELECT d.integration = ANY(${paced}) AS "isPaced",
      extract(epoch FROM e.published_at - e.recorded_at)::float8 * 1000 AS published,
      extract(epoch FROM d.last_attempt_at - e.published_at)::float8 * 1000 AS received,
      extract(epoch FROM d.delivered_at - d.last_attempt_at)::float8 * 1000 AS recorded,
      extract(epoch FROM d.delivered_at - e.recorded_at)::float8 * 1000 AS total
    FROM delivery d JOIN event e ON e.id = d.event_id WHERE e.recorded_at >= ${since} AND d.status = 'delivered'`;
  const of = (stage: Timed, isPaced = false) =>
    percentiles(rows.filter((row) => row.isPaced === isPaced).map((row) => row[stage]));
  const timed = { published: of("published"), received: of("received"), recorded: of("recorded"), total: of("total") };
  return {
    rate,
    deliveries: rows.length,
    stages: { commit: percentiles(commitMs), ...timed, paced: of("total", true) },
  };
}

type Timed = "published" | "received" | "recorded" | "total";
type Row = Record<Timed, number> & { isPaced: boolean };

const paced = requiredNames.filter((name) => topologyOf(name).batch.intervalSeconds !== undefined);

function percentiles(values: readonly number[]): Percentiles {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.ceil(sorted.length * share) - 1] ?? 0);
  return { p50: at(0.5), p99: at(0.99) };
}

function describe(latencies: readonly Latency[]): string {
  const cell = ({ p50, p99 }: Percentiles) => `${p50} / ${p99}`.padStart(13);
  const head = `events/s${stages.map((stage) => stage.padStart(13)).join("")}   (ms, p50 / p99)`;
  const lines = latencies.map(
    ({ rate, stages: of }) => `${String(rate).padStart(8)}${stages.map((stage) => cell(of[stage])).join("")}`,
  );
  return [head, ...lines].join("\n");
}
