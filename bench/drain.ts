import type { Db } from "@eventfork/core/platform/db";
import type { Env } from "@eventfork/core/platform/env";
import { type RequiredName, requiredNames } from "@eventfork/core/topology";
import type { LedgerEntry } from "@eventfork/local/sandbox";
import { countDeliveries, createEvents } from "@eventfork/local/workload";
import type { Watched } from "./busy.ts";
import { recordBacklog } from "./load.ts";
import type { Options } from "./options.ts";
import type { Work } from "./processes/consumer.ts";
import type { RelayQuestions } from "./processes/relay.ts";
import { readStatements } from "./statements.ts";
import { startConsumers, startWorker, workBetween } from "./workers.ts";

type Calls = Record<RequiredName, number>;

export type Drained = {
  seconds: number;
  deliveries: number;
  latencyMs: { p50: number; p99: number };
  work: Work;
  statements: number;
  calls: Calls;
  delivered: Record<RequiredName, number>;
};

type DrainOptions = Options & {
  db: Db;
  sandboxUrl: string;
  startingAt: number;
  env: Env;
  consumerEnv: Env;
  warmUpEvents: number;
  watch: (workers: Watched) => Promise<() => Promise<void>>;
};

export async function drain(options: DrainOptions): Promise<Drained> {
  const { db, events, warmUpEvents, startingAt, sandboxUrl, env, consumerEnv } = options;
  const [relay, consumers] = await Promise.all([
    startWorker<RelayQuestions>("relay", { env }),
    startConsumers("engine", consumerEnv, options),
  ]);
  const warmedUp = await recordEvents(db, warmUpEvents, startingAt);
  await relay.ask("publish");
  await consumers.waitUntilFinished(warmedUp);

  const deliveries = await recordEvents(db, events, startingAt + warmUpEvents);
  const [before, statementsBefore, callsBefore] = await Promise.all([
    consumers.measure(),
    readStatements(db),
    readCalls(sandboxUrl),
  ]);
  const stopWatching = await options.watch({ relay: [relay.pid], consumers: consumers.pids });
  const startedAt = new Date();
  await relay.ask("publish");
  const after = await consumers.waitUntilFinished(warmedUp + deliveries);
  await stopWatching();

  const [recorded, statements, calls] = await Promise.all([
    readRecorded(db, startedAt),
    readStatements(db),
    readCalls(sandboxUrl),
  ]);
  await Promise.all([relay.stop(), consumers.stop()]);
  const delivered = Object.values(recorded.delivered).reduce((sum, count) => sum + count, 0);
  if (delivered !== deliveries) throw new Error(`${delivered} deliveries were recorded; there should be ${deliveries}`);
  return {
    seconds: (recorded.lastAt.getTime() - startedAt.getTime()) / 1_000,
    deliveries,
    latencyMs: recorded.latencyMs,
    work: workBetween(before, after),
    statements: statements - statementsBefore,
    calls: Object.fromEntries(requiredNames.map((name) => [name, calls[name] - callsBefore[name]])) as Calls,
    delivered: recorded.delivered,
  };
}

async function recordEvents(db: Db, count: number, startingAt: number): Promise<number> {
  const events = createEvents(count, startingAt);
  await recordBacklog(db, events);
  return countDeliveries(events);
}

async function readRecorded(db: Db, since: Date): Promise<Pick<Drained, "latencyMs" | "delivered"> & { lastAt: Date }> {
  const [row] = await db.$queryRaw<{ lastAt: Date; p50: number; p99: number }[]>`
    SELECT max(d.delivered_at) AS "lastAt",
      percentile_cont(0.50) WITHIN GROUP (ORDER BY extract(epoch FROM d.delivered_at - e.recorded_at) * 1000)::float8 AS p50,
      percentile_cont(0.99) WITHIN GROUP (ORDER BY extract(epoch FROM d.delivered_at - e.recorded_at) * 1000)::float8 AS p99
    FROM delivery d JOIN event e ON e.id = d.event_id WHERE d.delivered_at >= ${since}`;
  if (row === undefined) throw new Error("nothing was delivered");
  const counts = await db.$queryRaw<{ integration: RequiredName; count: number }[]>`
    SELECT integration, count(*)::int AS count FROM delivery WHERE delivered_at >= ${since} GROUP BY 1`;
  const delivered = Object.fromEntries(counts.map(({ integration, count }) => [integration, count]));
  const { lastAt, p50, p99 } = row;
  return { lastAt, latencyMs: { p50, p99 }, delivered: delivered as Record<RequiredName, number> };
}

async function readCalls(sandboxUrl: string): Promise<Calls> {
  const entries = requiredNames.map(async (name) => {
    const response = await fetch(`${sandboxUrl}/_sandbox/ledger/${name}?limit=0`);
    const { accepted, refused, faulted } = (await response.json()) as LedgerEntry;
    return [name, accepted + refused + faulted] as const;
  });
  return Object.fromEntries(await Promise.all(entries)) as Calls;
}
