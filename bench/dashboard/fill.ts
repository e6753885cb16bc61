import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import * as DeadLetters from "@eventfork/core/dead-letters";
import { createDb } from "@eventfork/core/platform/db";
import { makePartitions } from "@eventfork/core/retention";
import * as Rollups from "@eventfork/core/rollups";
import { seedRules } from "@eventfork/core/rules";
import { indexEvents } from "@eventfork/core/search";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { tables, type World } from "./rows.ts";

const rowsPerChunk = 2_000;

function* toChunks(rows: Generator<string>): Generator<Buffer> {
  let chunk: string[] = [];
  for (const row of rows) {
    chunk.push(row);
    if (chunk.length < rowsPerChunk) continue;
    yield Buffer.from(chunk.join(""));
    chunk = [];
  }
  yield Buffer.from(chunk.join(""));
}

type Kept = { drop: string; create: string };

async function listIndexes(client: pg.Client, table: string): Promise<Kept[]> {
  const { rows } = await client.query<Kept>(
    `SELECT coalesce('ALTER TABLE ' || i.indrelid::regclass || ' DROP CONSTRAINT ' || quote_ident(c.conname),
        'DROP INDEX ' || i.indexrelid::regclass) AS drop,
      coalesce('ALTER TABLE ' || i.indrelid::regclass || ' ADD CONSTRAINT ' || quote_ident(c.conname) || ' ' || pg_get_constraintdef(c.oid),
        replace(pg_get_indexdef(i.indexrelid), ' ON ONLY ', ' ON ')) AS create
    FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype IN ('p', 'u')
    WHERE i.indrelid = $1::regclass
      AND NOT EXISTS (SELECT FROM pg_constraint f WHERE f.contype = 'f' AND f.conindid = i.indexrelid)`,
    [table],
  );
  return rows;
}

/** COPY after TRUNCATE in one transaction writes no WAL. */
async function fillTable(url: string, world: World, { name, columns, rows }: (typeof tables)[number]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("SET maintenance_work_mem = '1GB'");
    const indexes = await listIndexes(client, name);
    await client.query("BEGIN");
    for (const { drop } of indexes) await client.query(drop);
    await client.query(`ALTER TABLE ${name} DISABLE TRIGGER USER`);
    await client.query(`TRUNCATE ${name} CASCADE`);
    const copy = client.query(copyFrom(`COPY ${name} (${columns}) FROM STDIN`));
    await pipeline(Readable.from(toChunks(rows(world)), { objectMode: false }), copy);
    await client.query("COMMIT");
    for (const { create } of indexes) await client.query(create);
    await client.query(`ALTER TABLE ${name} ENABLE TRIGGER USER`);
    await client.query(`VACUUM (FREEZE, ANALYZE) ${name}`);
  } finally {
    await client.end();
  }
}

async function fillTheRest(url: string, world: World): Promise<void> {
  const db = createDb({ connections: 1, url });
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await seedRules({ db, now: () => new Date(world.from - 24 * 3_600_000) });
    await client.query("ALTER TABLE dead_letter DISABLE TRIGGER USER");
    await client.query(`
      INSERT INTO dead_letter (id, integration, event_id, event_type, subject, message_id, body, attributes, receive_count, archived_at,
        error_class, error_code, reason, fingerprint, status, status_at, replays)
      SELECT 'dlt_' || substr(d.event_id, 5, 20) || lpad((row_number() OVER ())::text, 6, '0'), d.integration, d.event_id, d.event_type,
        e.subject, 'message-' || d.event_id || d.integration, json_build_object('specversion', '1.0', 'id', e.id, 'type', e.type,
          'source', e.source, 'time', e.time, 'subject', e.subject, 'data', e.data)::text, '{}', 1, d.updated_at, d.error_class,
        d.error_code, d.error_message, substr(md5(d.integration || d.error_code), 1, 16),
        CASE WHEN d.updated_at > now() - interval '10 days' THEN 'open' ELSE 'resolved' END, d.updated_at, 0
      FROM delivery d JOIN event e ON e.id = d.event_id WHERE d.status = 'dead'`);
    await client.query("ALTER TABLE dead_letter ENABLE TRIGGER USER");
    await client.query("INSERT INTO dead_letter_search (id, text) SELECT id, lower(body) FROM dead_letter");
    await DeadLetters.rebuildGroups({ db });
    const now = () => new Date();
    await Rollups.rebuildRollups({ db, now, actor: { kind: "system", name: "bench" } });
    await client.query(`
      INSERT INTO replay (id, source, selection, integration, created_by, created_at, per_second, canary_state, state, state_at, is_selected,
        delivered, flowing_since, announced_at)
      SELECT 'rpl_' || lpad(n::text, 26, '0'), 'dead_letters', '{"source":"dead_letters","filter":{"integration":"slack"}}', 'slack',
        'ada@lovelace.dev', now() - n * interval '15 minutes', 20, 'none', (ARRAY['completed', 'completed', 'cancelled'])[1 + n % 3],
        now() - n * interval '15 minutes', true, 10, now() - n * interval '15 minutes', now()
      FROM generate_series(1, 8000) n`);
    await client.query(`
      INSERT INTO replay_item (replay_id, seq, integration, event_id, state, ended_at)
      SELECT 'rpl_' || lpad('1', 26, '0'), row_number() OVER (), 'slack', event_id, 'delivered', now()
      FROM (SELECT event_id FROM delivery WHERE integration = 'slack' AND status = 'delivered' LIMIT 50000) sent`);
    await client.query(
      "VACUUM ANALYZE dead_letter, dead_letter_search, dead_letter_group, dead_letter_person, replay, replay_item",
    );
  } finally {
    await client.end();
    await db.$disconnect();
  }
}

async function indexAllEvents(url: string): Promise<void> {
  const db = createDb({ connections: 1, url });
  while ((await indexEvents({ db, now: () => new Date() }, { workMs: 60_000 })).hasMore);
  await db.$executeRaw`VACUUM ANALYZE event_search`;
  await db.$disconnect();
}

const weekMs = 7 * 86_400_000;

async function makeWeeks(url: string, { from, until }: World): Promise<void> {
  const db = createDb({ connections: 1, url });
  for (let at = from - 3 * weekMs; at < until; at += weekMs) await makePartitions({ db, now: () => new Date(at) });
  await db.$disconnect();
}

export async function fill(url: string, world: World, log: (line: string) => void): Promise<void> {
  const startedAt = performance.now();
  const since = () => `${Math.round((performance.now() - startedAt) / 1_000)} s`;
  await makeWeeks(url, world);
  const queue = [...tables];
  const work = async () => {
    for (let table = queue.shift(); table !== undefined; table = queue.shift()) {
      await fillTable(url, world, table);
      log(`${table.name} is filled after ${since()}`);
    }
  };
  await Promise.all([work(), work()]);
  await fillTheRest(url, world);
  log(`dead letters and rollups are there after ${since()}`);
  await indexAllEvents(url);
  log(`all is filled after ${since()}`);
}
