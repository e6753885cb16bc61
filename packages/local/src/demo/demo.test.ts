import { listGroups } from "@eventfork/core/dead-letters";
import * as History from "@eventfork/core/history";
import { readOverview } from "@eventfork/core/overview";
import type { Ctx } from "@eventfork/core/platform";
import { measureQueues } from "@eventfork/core/platform/aws";
import { readFigures, rebuildRollups } from "@eventfork/core/rollups";
import { dayMs, hourMs } from "@eventfork/core/rollups/presets";
import * as Rules from "@eventfork/core/rules";
import * as Users from "@eventfork/core/users";
import { countFigures, createTestCtx, totalFigures } from "@eventfork/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { createCalendar } from "./calendar.ts";
import { fillDemo, withoutKeys } from "./index.ts";
import { createVisits } from "./people.ts";

const admin = { email: "admin@eventfork.local", password: "correct horse battery", name: "Admin" };
const people = 840;

describe("the demo's fortnight", () => {
  let ctx: Ctx;
  let filled: Awaited<ReturnType<typeof fillDemo>>;
  const until = new Date("2026-11-26T12:00:00.000Z");

  beforeAll(async () => {
    const real = await createTestCtx();
    await Users.ensureAdmin({ ...real, now: () => new Date(until.getTime() - hourMs) }, admin);
    filled = await fillDemo(real, { adminEmail: admin.email, until, people });
    ctx = { ...real, now: () => until };
  }, 120_000);

  const attempts = `(
    SELECT event_id, integration, number, started_at, duration_ms, outcome FROM attempt UNION ALL
    SELECT event_id, integration, 1, last_attempt_at, duration_ms, status FROM delivery WHERE receive_count IS NOT NULL)`;

  async function list(sql: string): Promise<unknown[]> {
    return (await ctx.db.$queryRawUnsafe<object[]>(sql)).map((row) => Object.values(row)[0]);
  }

  test("every delivery has ended, in the state of its last attempt, and no message of one is left in a queue", async () => {
    expect(filled.deliveries).toBeGreaterThan(3 * people);
    const odd = await list(`
      SELECT d.event_id || ' at ' || d.integration || ' is ' || d.status || ' after ' || coalesce(string_agg(a.outcome, ', ' ORDER BY a.number), 'nothing')
      FROM delivery d LEFT JOIN ${attempts} a ON a.event_id = d.event_id AND a.integration = d.integration
      GROUP BY d.event_id, d.integration
      HAVING count(a.number) <> d.attempts OR max(a.number) IS DISTINCT FROM d.attempts
        OR (array_agg(a.outcome ORDER BY a.number DESC))[1] IS DISTINCT FROM d.status
          AND NOT (d.status = 'dead' AND (array_agg(a.outcome ORDER BY a.number DESC))[1] IN ('rejected', 'exhausted'))
        OR (d.status = 'delivered') <> (d.delivered_at IS NOT NULL)
        OR min(a.started_at) < (SELECT e.published_at FROM event e WHERE e.id = d.event_id)`);
    expect(odd).toEqual([]);
    expect(await list("SELECT id FROM lease")).toEqual([]);
    const tests = { waiting: 1, inFlight: 0, dead: 0 };
    expect(await measureQueues(ctx.messaging)).toEqual({ analytics: tests, mailchimp: tests, slack: tests });
  });

  test("nothing has happened after its end, and no event is newer than its publication", async () => {
    const latest = await list(`
      SELECT max(at) FROM (
        SELECT recorded_at AS at FROM event UNION ALL SELECT published_at FROM event
        UNION ALL SELECT started_at + duration_ms * interval '1 millisecond' FROM ${attempts} a
        UNION ALL SELECT updated_at FROM delivery UNION ALL SELECT delivered_at FROM delivery
        UNION ALL SELECT archived_at FROM dead_letter UNION ALL SELECT status_at FROM dead_letter
        UNION ALL SELECT at FROM audit_entry UNION ALL SELECT created_at FROM "user" UNION ALL SELECT created_at FROM session
        UNION ALL SELECT ended_at FROM replay UNION ALL SELECT accepted_at FROM rule_version) x`);
    expect((latest[0] as Date).getTime()).toBeLessThanOrEqual(until.getTime());
    expect(await list("SELECT id FROM event WHERE published_at < recorded_at OR recorded_at <> time")).toEqual([]);
    expect(await list("SELECT 1 FROM event WHERE published_at IS NULL AND set_aside_at IS NULL")).toEqual([]);
  });

  test("its rollups are a full count", async () => {
    const figures = await readFigures(ctx, { from: new Date(until.getTime() - 15 * dayMs), to: until });
    expect(totalFigures(figures)).toEqual(await countFigures(ctx, figures.range.from, figures.range.to));
    expect(figures.events.accepted).toBe(await ctx.db.event.count({ where: { publishedAt: { not: null } } }));
    const since = new Date(until.getTime() - dayMs);
    expect((await rebuildRollups(ctx, { since })).corrected).toBe(0);
  });

  test("every figure of the overview is a count of rows", async () => {
    const { integrations, events } = await readOverview(ctx, { range: "30d" });
    expect(events.accepted).toBe(await ctx.db.event.count({ where: { publishedAt: { not: null } } }));
    for (const { name, figures, counts, openDeadLetters, overdue } of integrations) {
      const count = (outcome: string[]) =>
        ctx.db.attempt.count({ where: { integration: name, outcome: { in: outcome } } });
      const { delivered, retried, deadLettered, refused } = figures;
      expect({ name, delivered, retried, deadLettered, refused, counts, openDeadLetters, overdue }).toEqual({
        name,
        delivered: await ctx.db.delivery.count({ where: { integration: name, status: "delivered" } }),
        retried: await count(["retry"]),
        deadLettered: await count(["rejected", "exhausted"]),
        refused: await count(["credentials"]),
        counts: Object.fromEntries(Object.keys(counts).map((key) => [key, 0])),
        openDeadLetters: await ctx.db.deadLetter.count({ where: { integration: name, status: "open" } }),
        overdue: await ctx.db.overdue.count({ where: { integration: name } }),
      });
    }
    const days = await Users.countSignUps(ctx, { days: 30 });
    expect(days.reduce((sum, { count }) => sum + count, 0)).toBe(await ctx.db.user.count());
  });

  test("every figure of a group of dead letters is a count of its dead letters", async () => {
    const { groups } = await listGroups(ctx, { onlyOpen: false });
    const shown = groups.map(({ fingerprint, open, replaying, resolved, discarded, people }) => ({
      ...{ fingerprint, open, replaying, resolved, discarded, people },
    }));
    const counted = await ctx.db.$queryRaw<{ fingerprint: string }[]>`
      SELECT fingerprint, count(*) FILTER (WHERE status = 'open')::int AS open,
        count(*) FILTER (WHERE status = 'replaying')::int AS replaying, count(*) FILTER (WHERE status = 'resolved')::int AS resolved,
        count(*) FILTER (WHERE status = 'discarded')::int AS discarded, count(DISTINCT subject)::int AS people
      FROM dead_letter GROUP BY fingerprint`;
    const inOrder = (rows: readonly { fingerprint: string }[]) =>
      rows.toSorted((a, b) => a.fingerprint.localeCompare(b.fingerprint));
    expect(inOrder(shown)).toEqual(inOrder(counted));
    expect(shown.length).toBeGreaterThan(3);
    const odd = await list(`
      SELECT l.id FROM dead_letter l JOIN ${attempts} a ON a.event_id = l.event_id AND a.integration = l.integration
      GROUP BY l.id HAVING l.deaths <> count(*) FILTER (WHERE a.outcome IN ('rejected', 'exhausted'))`);
    expect(odd).toEqual([]);
    const [deadLetterCount] = await list("SELECT sum(deaths)::int FROM dead_letter");
    expect(await list("SELECT sum(deaths)::int FROM dead_letter_trend")).toEqual([deadLetterCount]);
    expect(await list("SELECT id FROM dead_letter WHERE deaths > 1")).toHaveLength(2);
    expect(await list("SELECT id FROM dead_letter_change")).toEqual([]);
  });

  test("the rule in effect explains each sign-up that Slack has not received, and reconciliation finds no other missing", async () => {
    const ids = await list(`
      SELECT e.id FROM event e WHERE e.type = 'user.signed_up' AND e.set_aside_at IS NULL AND e.erased_at IS NULL
        AND NOT EXISTS (SELECT FROM delivery d WHERE d.event_id = e.id AND d.integration = 'slack')`);
    expect(ids.length).toBeGreaterThan(1);
    for (const eventId of ids) {
      const { event, integrations } = await History.explainEvent(ctx, { eventId: String(eventId) });
      const why = integrations.find(({ integration }) => integration === "slack");
      expect([why?.status, why?.decision?.because[0]?.path]).toEqual(["filtered", "data.email"]);
      expect(JSON.stringify(event.envelope)).toContain("@test.example.com");
    }
    expect(await list("SELECT integration || ' ' || kind FROM overdue")).toEqual(Array(3).fill("mailchimp missing"));
  });

  test("events that the bad rule filtered out came late, by its replay", async () => {
    const { badRule } = createCalendar(until.getTime());
    const late = await list(`
      SELECT d.delivered_at FROM delivery d JOIN sent_anyway s ON s.event_id = d.event_id AND s.integration = d.integration
      WHERE s.kind = 'replay' AND d.integration = 'slack' AND d.status = 'delivered'`);
    expect(late.length).toBeGreaterThan(0);
    for (const at of late as Date[]) expect(at.getTime()).toBeGreaterThan(badRule.until);
    const versions = await ctx.db.ruleVersion.findMany({
      where: { integration: "slack" },
      orderBy: { version: "asc" },
    });
    expect(versions.map(({ author }) => author.split("@")[0])).toEqual(["system:topology", "tomas", "noor", "tomas"]);
    expect(versions[2]?.policy).toEqual(versions[0]?.policy);
    for (const [index, { provenAt, acceptedAt }] of versions.entries()) {
      if (provenAt === null || acceptedAt === null) continue;
      expect(provenAt.getTime()).toBeGreaterThan(acceptedAt.getTime());
      expect(provenAt.getTime()).toBeLessThan(versions[index + 1]?.acceptedAt?.getTime() ?? until.getTime());
    }
    expect(versions.map(({ provenAt }) => provenAt !== null)).toEqual([false, true, false, true]);
    expect(await Rules.checkDrift(ctx, { integration: "slack" })).toMatchObject({ version: 4, driftedSince: null });
  });

  test("a replay's figures are the sum of its messages, and each that it delivered is delivered", async () => {
    const odd = await list(`
      SELECT r.id FROM replay r JOIN replay_item i ON i.replay_id = r.id
      LEFT JOIN delivery d ON d.event_id = i.event_id AND d.integration = i.integration
      GROUP BY r.id
      HAVING r.delivered <> count(*) FILTER (WHERE i.state = 'delivered' AND d.status = 'delivered')
        OR r.failed <> count(*) FILTER (WHERE i.state = 'failed')
        OR r.cancelled <> count(*) FILTER (WHERE i.state = 'cancelled')
        OR r.skipped <> count(*) FILTER (WHERE i.state = 'skipped')
        OR r.pending + r.sending + r.sent <> 0`);
    expect(odd).toEqual([]);
    const replays = await list("SELECT source || ' ' || state FROM replay ORDER BY created_at");
    expect(replays).toEqual([
      "overdue completed",
      "filtered completed",
      "dead_letters completed",
      "dead_letters stopped",
    ]);
  });

  test("every screen has its data", async () => {
    expect(await list("SELECT DISTINCT status FROM delivery ORDER BY 1")).toEqual(
      expect.arrayContaining(["dead", "delivered"]),
    );
    expect(await list("SELECT DISTINCT status FROM dead_letter WHERE integration = 'slack' ORDER BY 1")).toEqual([
      ...["discarded", "open", "resolved"],
    ]);
    expect((await list("SELECT fingerprint FROM dead_letter_group")).length).toBeGreaterThan(3);
    const pauses =
      "SELECT target || ' ' || (after->>'kind') FROM audit_entry WHERE action = 'integration.paused' ORDER BY at";
    expect(await list(pauses)).toEqual(["analytics credentials", "mailchimp manual", "slack outage"]);
    expect(await list("SELECT integration FROM integration_state WHERE paused_at IS NOT NULL")).toEqual([]);
    expect(await list('SELECT role FROM (SELECT DISTINCT role FROM "user") r ORDER BY 1')).toEqual([
      "admin",
      "user",
      "viewer",
    ]);
    expect(await list("SELECT source FROM api_key WHERE expires_at IS NULL")).toEqual(["app"]);
    const tables = ["saved_view", "session", "erasure", "sign_up_day", "event_search", "integration_check"];
    for (const table of tables) expect((await list(`SELECT 1 FROM ${table} LIMIT 1`)).length, table).toBe(1);
  });
});

test("no key of a real third party reaches the demo", () => {
  const kept = withoutKeys({
    PATH: "/bin",
    SLACK_BOT_TOKEN: "xoxb-1",
    MAILCHIMP_API_KEY: "k-us1",
    WEBHOOK_URL: "https://a.example",
  });
  expect(kept).toEqual({ PATH: "/bin" });
});

test("the same seed makes the same people at the same times", () => {
  const calendar = createCalendar(Date.UTC(2026, 10, 26, 12));
  const describePeople = (seed: number) =>
    createVisits(calendar, { people: 200, seed }).map(({ at, kind, person }) => [at, kind, person.email]);
  expect(describePeople(7)).toEqual(describePeople(7));
  expect(describePeople(7)).not.toEqual(describePeople(8));
  const visits = createVisits(calendar, { people: 2_000, seed: 7 });
  const addresses = visits.flatMap(({ kind, person }) => (kind === "sign-up" ? [person.email] : []));
  expect(new Set(addresses).size).toBe(2_000);
  expect(addresses.filter((address) => !/[@.]example(\.com|\.org|\.net)?$/.test(address))).toEqual([]);
  const byDay = visits.filter(({ at }) => (at % dayMs) / hourMs >= 9 && (at % dayMs) / hourMs < 21).length;
  expect(byDay / visits.length).toBeGreaterThan(0.7);
});
