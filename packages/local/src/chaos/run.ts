import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Ctx, silentLogger } from "@eventfork/core/platform";
import { createDb, type Db } from "@eventfork/core/platform/db";
import type { Env } from "@eventfork/core/platform/env";
import { createMessaging } from "@eventfork/core/platform/fan-out";
import { attachSpans } from "@eventfork/core/retention";
import { requiredNames } from "@eventfork/core/topology";
import { type Audit, auditDeliveries, drainAll } from "../audit/index.ts";
import { type Services, startServices } from "../services/index.ts";
import { Supervisor } from "../supervisor/index.ts";
import { type CarriedOut, carryOut, consumerNames, planCrashes } from "./crashes.ts";
import { injectTransientFaults } from "./fault-schedule.ts";
import { produce } from "./producer.ts";

export type ChaosOptions = {
  events: number;
  seed: number;
};

export type ChaosResult = Audit &
  CarriedOut & {
    seed: number;
    /** With events of this run. */
    partitions: number;
    replayed: number;
    isDrained: boolean;
    seconds: { faults: number; drain: number };
  };

const retryScale = "0.01";

/** The visibility timeout exceeds the lease. */
const timeoutSeconds = 6;
const visibilityTimeoutSeconds = 13;

const shortestMs = 10_000;
const longestMs = 120_000;
const drainWithinMs = 120_000;

export async function runChaos(options: ChaosOptions & { log: (line: string) => void }): Promise<ChaosResult> {
  const folder = await mkdtemp(join(tmpdir(), "eventfork-chaos-"));
  const supervisor = new Supervisor(options.log);
  try {
    const services = await startServices(supervisor, { folder, isBrokerPersistent: true, visibilityTimeoutSeconds });
    await startParts(supervisor, services);
    return await disturb(supervisor, services, options);
  } finally {
    await supervisor.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function startParts(supervisor: Supervisor, { env }: Services): Promise<void> {
  const partEnv: Env = {
    ...env,
    LOG_LEVEL: "error",
    EVENTFORK_RETRY_SCALE: retryScale,
    EVENTFORK_CONSUMER_TIMEOUT_SECONDS: String(timeoutSeconds),
  };
  const consumers = requiredNames.flatMap((integration) =>
    consumerNames(integration).map((name) => ({ name, module: "consumer", args: [integration], env: partEnv })),
  );
  const schedules = ["schedules.1", "schedules.2"].map((name) => ({
    name,
    module: "schedules",
    args: [],
    env: partEnv,
  }));
  await Promise.all([...consumers, ...schedules].map((part) => supervisor.start(part)));
}

/** A partition begins while events are produced. */
async function splitAt(db: Db, from: Date): Promise<void> {
  await attachSpans(db, [{ from, to: new Date(from.getTime() + 3_600_000), name: "later" }]);
}

async function countPartitions(db: Db): Promise<number> {
  const [row] = await db.$queryRaw<{ count: number }[]>`SELECT count(DISTINCT tableoid)::int AS count FROM event`;
  return row?.count ?? 0;
}

async function disturb(
  supervisor: Supervisor,
  { env, sandboxUrl }: Services,
  { events, seed }: ChaosOptions,
): Promise<ChaosResult> {
  const [db, watchDb] = [createDb({ connections: 2, env }), createDb({ connections: 1, env })];
  const ctx: Ctx = {
    db,
    messaging: createMessaging(env),
    actor: { kind: "system", name: "chaos" },
    log: silentLogger,
    now: () => new Date(),
  };
  const durationMs = Math.min(longestMs, Math.max(shortestMs, events * 10));
  await splitAt(db, new Date(Date.now() + durationMs / 2));
  const startedAt = performance.now();
  const clear = new AbortController();
  const weather = injectTransientFaults(sandboxUrl, { seed, durationMs, signal: clear.signal });
  try {
    const [produced, carriedOut] = await Promise.all([
      produce(db, { events, durationMs }),
      carryOut(planCrashes(seed, durationMs), { supervisor, db: watchDb }),
    ]);
    clear.abort();
    await weather;
    const calmAt = performance.now();
    const drained = await drainAll(ctx, drainWithinMs);
    const seconds = { faults: (calmAt - startedAt) / 1_000, drain: (performance.now() - calmAt) / 1_000 };
    const audit = await auditDeliveries(db, sandboxUrl, produced);
    return { ...audit, partitions: await countPartitions(db), seed, ...carriedOut, seconds, ...drained };
  } finally {
    clear.abort();
    await Promise.all([db.$disconnect(), watchDb.$disconnect()]);
  }
}
