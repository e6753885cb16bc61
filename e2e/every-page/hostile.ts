import { readFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import type { RunningStack } from "../support/stack.ts";

const script = `<script>window.hostile = 1</script><img src=x onerror="window.hostile = 1">`;
const word = "W".repeat(10_000);
const names = [script, "\u202eليلى مراد", "👩‍🚀👨‍👩‍👧‍👦🏳️‍🌈 Zoë", word, ""];
const long = 200 * 1_024;

export type Hostile = { paths: string[] };

export async function seedHostile(stack: RunningStack): Promise<Hostile> {
  const file = await readFile(join(stack.stateDir, "connection.json"), "utf8");
  const { DATABASE_URL } = JSON.parse(file) as { DATABASE_URL: string };
  const client = new pg.Client({ connectionString: DATABASE_URL });
  await client.connect();
  try {
    await client.query("BEGIN");
    for (const [n, name] of names.entries()) await seedPerson(client, n, name);
    await seedRest(client);
    await client.query("COMMIT");
  } finally {
    await client.end();
  }
  const each = (path: string, id: string) => names.map((_, n) => `${path}/${id}_hostile${n}`);
  return {
    paths: [
      ...each("/admin/people", "usr"),
      ...each("/admin/events", "evt"),
      ...each("/admin/dead-letters", "dlt"),
      "/admin/replays/rpl_hostile",
    ],
  };
}

async function seedPerson(client: pg.Client, n: number, name: string): Promise<void> {
  const [userId, eventId] = [`usr_hostile${n}`, `evt_hostile${n}`];
  const email = `${"e".repeat(n === 3 ? 240 : 10)}${n}@lovelace.dev`;
  const type = n === 0 ? "user.signed_up" : `order.${script}${"x".repeat(n * 100)}`;
  const data = JSON.stringify({ userId, email, name, marketingConsent: true, more: "x".repeat(n === 3 ? long : 10) });
  const body = JSON.stringify({
    specversion: "1.0",
    id: eventId,
    type,
    source: script,
    subject: userId,
    data: JSON.parse(data),
  });
  const text = `${script} ${n === 3 ? word : name}`;
  await client.query(`INSERT INTO "user" (id, name, email, created_at, updated_at) VALUES ($1, $2, $3, now(), now())`, [
    userId,
    name,
    email,
  ]);
  await client.query(
    `INSERT INTO event (id, type, source, subject, time, data, recorded_at, published_at)
    VALUES ($1, $2, $3, $4, now(), $5, now(), now() - interval '1 second')`,
    [eventId, type, script, userId, data],
  );
  await client.query(
    `INSERT INTO delivery (event_id, integration, event_type, status, attempts, first_attempt_at, last_attempt_at, updated_at, response,
      error_class, error_code, error_message) VALUES ($1, 'slack', $2, 'dead', 2, now(), now(), now(), $3, 'RejectedError', $4, $3)`,
    [eventId, type, text, script],
  );
  await client.query(
    `INSERT INTO attempt (event_id, integration, number, receive_count, started_at, duration_ms, outcome, response, error_code, error_message)
    SELECT $1, 'slack', n, n, now(), 12, 'rejected', $2, $3, $2 FROM generate_series(1, 2) n`,
    [eventId, text, script],
  );
  await client.query(
    `INSERT INTO dead_letter (id, integration, event_id, event_type, subject, message_id, body, attributes, receive_count, attempts, archived_at,
      error_class, error_code, reason, fingerprint, status, status_at)
    VALUES ($1, 'slack', $2, $3, $4, $1, $5, $6, 2, 2, now(), 'RejectedError', $7, $8, $9, 'open', now())`,
    [`dlt_hostile${n}`, eventId, type, userId, body, JSON.stringify({ reason: text }), script, text, `hostile${n}`],
  );
}

async function seedRest(client: pg.Client): Promise<void> {
  await client.query(
    `INSERT INTO audit_entry (id, at, actor, action, target, before, after, ip, user_agent)
    SELECT 'aud_hostile' || n, now(), $1, 'rule.saved', $2, $3, $3, '203.0.113.7', $1 FROM generate_series(1, 3) n`,
    [script, word, JSON.stringify({ name: script, text: "x".repeat(long) })],
  );
  await client.query(
    `INSERT INTO replay (id, source, selection, integration, created_by, created_at, per_second, canary_state, state, state_at, note, is_selected,
      failed, flowing_since, announced_at)
    VALUES ('rpl_hostile', 'dead_letters', '{"source":"dead_letters","filter":{"integration":"slack"}}', 'slack', $1, now(), 1, 'none', 'stopped',
      now(), $2, true, 1, now(), now())`,
    [script, `${script} ${word}`],
  );
  await client.query(
    `INSERT INTO replay_item (replay_id, seq, integration, event_id, state, ended_at, note)
    VALUES ('rpl_hostile', 1, 'slack', 'evt_hostile3', 'failed', now(), $1)`,
    [`${script} ${word}`],
  );
  await client.query(
    `INSERT INTO integration_state (integration, paused_at, paused_by, paused_reason, pause_kind, updated_at)
    VALUES ('mailchimp', now(), $1, $2, 'manual', now())
    ON CONFLICT (integration) DO UPDATE SET paused_at = now(), paused_by = $1, paused_reason = $2, pause_kind = 'manual'`,
    [script, `${script} ${word}`],
  );
}
