import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { applyMigrations, readMigrations } from "@eventfork/core/migrations";
import * as Outbox from "@eventfork/core/outbox";
import { createDb, type Db } from "@eventfork/core/platform/db";
import { makePartitions } from "@eventfork/core/retention";
import { createDatabase, startTemporaryPostgres } from "@eventfork/local/postgres";
import { createEvents } from "@eventfork/local/workload";
import pg from "pg";
import { type Percentiles, percentiles } from "./stages.ts";

const usage = `npm run bench -- carry-over [--deliveries N] [--json]

  --deliveries N   deliveries in the tables that become partitions (1000000)
  --json           one JSON object on standard output`;

const firstStep = "20261130190000_event_ids_by_their_bytes";

/** Times in milliseconds: how long a sign-up's transaction takes before the carry-over and while it runs. */
type CarriedOver = {
  deliveries: number;
  seconds: number;
  before: Percentiles & { maximum: number };
  during: Percentiles & { maximum: number; signUps: number };
};

export async function benchCarryOver(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { deliveries: { type: "string", default: "1000000" }, json: { type: "boolean", default: false } },
  });
  const deliveries = Number(values.deliveries);
  if (!Number.isInteger(deliveries) || deliveries < 3) throw new Error(usage);
  const result = await measure(deliveries);
  console.log(values.json ? JSON.stringify(result) : describe(result));
}

async function measure(deliveries: number): Promise<CarriedOver> {
  const durable = { fsync: "on", synchronous_commit: "on", full_page_writes: "on" };
  const postgres = await startTemporaryPostgres({ settings: durable });
  try {
    const url = await createDatabase(postgres.server, "carry_over");
    const all = await readMigrations(fileURLToPath(new URL("../prisma/migrations", import.meta.url)));
    await applyMigrations(
      url,
      all.slice(
        0,
        all.findIndex(({ name }) => name === firstStep),
      ),
    );
    await fill(url, deliveries);
    const db = createDb({ connections: 10, url });
    const before = await signUpWhile(db, 0, sleep(5_000));
    const begunAt = performance.now();
    const carryOver = async () => {
      await applyMigrations(url, all);
      await makePartitions({ db, now: () => new Date() });
    };
    const during = await signUpWhile(db, before.length, carryOver());
    const seconds = (performance.now() - begunAt) / 1_000;
    await verify(db, { deliveries, signUps: before.length + during.length });
    await db.$disconnect();
    return {
      ...{ deliveries, seconds, before: spread(before) },
      during: { ...spread(during), signUps: during.length },
    };
  } finally {
    await postgres.stop();
  }
}

async function fill(url: string, deliveries: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`
    INSERT INTO event (id, type, source, subject, time, data, recorded_at, published_at, publish_attempts)
      SELECT 'evt_01k' || lpad(to_hex(n), 23, '0'), 'user.signed_up', 'web', 'usr_' || n, at,
        jsonb_build_object('userId', n, 'email', n || '@example.com', 'name', repeat('Ada ', 20)), at, at, 1
      FROM generate_series(1, ${Math.ceil(deliveries / 3)}) n, LATERAL (SELECT now() - n * interval '1 second' AS at) times;
    INSERT INTO delivery (event_id, integration, event_type, status, attempts, first_attempt_at, last_attempt_at, delivered_at, updated_at)
      SELECT id, name, type, 'delivered', 1, recorded_at, recorded_at, recorded_at, recorded_at
      FROM event, unnest('{analytics,mailchimp,slack}'::text[]) name LIMIT ${deliveries};
    INSERT INTO attempt (event_id, integration, number, receive_count, started_at, duration_ms, outcome)
      SELECT event_id, integration, 1, 1, updated_at, 100, status FROM delivery;
    ANALYZE`);
  await client.end();
}

const signUpsASecond = 50;

/** An open loop. @throws when a sign-up fails. */
async function signUpWhile(db: Db, from: number, work: Promise<unknown>): Promise<number[]> {
  let isDone = false;
  const finished = work.finally(() => {
    isDone = true;
  });
  const signUps: Promise<number>[] = [];
  const begunAt = performance.now();
  for (let i = 0; !isDone; i += 1) {
    signUps.push(signUp(db, from + i));
    await sleep(Math.max(1, begunAt + ((i + 1) * 1_000) / signUpsASecond - performance.now()));
  }
  await finished;
  return Promise.all(signUps);
}

async function signUp(db: Db, index: number): Promise<number> {
  const begunAt = performance.now();
  await db.$transaction((tx) => Outbox.recordMany(tx, createEvents(1, index)));
  return performance.now() - begunAt;
}

async function verify(db: Db, { deliveries, signUps }: { deliveries: number; signUps: number }): Promise<void> {
  const expected = [Math.ceil(deliveries / 3) + signUps, deliveries, deliveries];
  const counts = await Promise.all([db.event.count(), db.delivery.count(), db.attempt.count()]);
  if (String(counts) !== String(expected)) throw new Error(`${counts} rows are there; there should be ${expected}`);
}

function spread(values: readonly number[]): Percentiles & { maximum: number } {
  return { ...percentiles(values), maximum: Math.round(Math.max(...values)) };
}

function describe({ deliveries, seconds, before, during }: CarriedOver): string {
  const row = (name: string, { p50, p99, maximum }: CarriedOver["before"]) =>
    `${name.padEnd(10)}${[p50, p99, maximum].map((value) => String(value).padStart(9)).join("")}`;
  return [
    `${deliveries} deliveries carried over in ${seconds.toFixed(1)} s, with ${during.signUps} sign-ups`,
    "sign-up       p50 ms   p99 ms   maximum",
    row("before", before),
    row("during", during),
  ].join("\n");
}
