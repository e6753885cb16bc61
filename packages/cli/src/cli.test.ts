import { eventTypes } from "@eventfork/core/events";
import type { Db } from "@eventfork/core/platform/db";
import { beforeAll, expect, test } from "vitest";
import { createCli } from "./testing/eventfork.ts";

const data = { userId: "usr_1", email: "ada@lovelace.dev", name: "Ada", marketingConsent: false };

let cli: Awaited<ReturnType<typeof createCli>>;
let db: Db;
const eventfork = (...args: Parameters<typeof cli.eventfork>) => cli.eventfork(...args);

beforeAll(async () => {
  cli = await createCli();
  db = cli.db;
});

test("emit records an event, publishes it and prints one JSON object", async () => {
  const { code, stdout } = await cli.eventforkProcess([
    "emit",
    "user.signed_up",
    "--data",
    JSON.stringify(data),
    "--json",
  ]);
  expect(code).toBe(0);
  const answer = JSON.parse(stdout);
  expect(answer).toMatchObject({ events: [{ type: "user.signed_up" }], published: 1, failed: 0 });
  const row = await db.event.findUniqueOrThrow({ where: { id: answer.events[0].id } });
  expect(row).toMatchObject({ source: "cli", data, publishedAt: expect.any(Date) });
});

test("emit names the fields that are not stored", async () => {
  const given = JSON.stringify({ ...data, plan: "pro" });
  const { code, stdout } = await eventfork(["emit", "user.signed_up", "--data", given, "--json"]);
  expect([code, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ notStored: ["data.plan"] })]);
});

test("emit --count records that many, and --direct bypasses the outbox", async () => {
  const before = await db.event.count();
  const many = await eventfork(["emit", "user.signed_up", "--data", JSON.stringify(data), "--count", "25", "--json"]);
  expect(JSON.parse(many.stdout).events).toHaveLength(25);
  expect(await db.event.count()).toBe(before + 25);
  const direct = await eventfork(["emit", "user.signed_up", "--data", JSON.stringify(data), "--direct", "--json"]);
  expect(JSON.parse(direct.stdout)).toMatchObject({ published: 1 });
  expect(await db.event.count()).toBe(before + 25);
});

test("events are found by a value, and one is shown with its history", async () => {
  const id = "evt_grace";
  const at = new Date();
  const row = {
    id,
    type: "user.signed_up",
    source: "web",
    time: at,
    recordedAt: at,
    publishedAt: new Date(at.getTime() + 50),
  };
  await db.event.create({ data: { ...row, data: { ...data, email: "grace@hopper.dev" } } });
  const [found, shown] = await Promise.all([
    eventfork(["events", "list", "--search", "email:grace@hopper.dev", "--json"]),
    eventfork(["events", "show", id]),
  ]);
  expect(JSON.parse(found.stdout)).toMatchObject({ events: [{ event: { id } }], next: null, isComplete: true });
  expect(shown.stdout).toMatch(/recorded[\s\S]*published/);
});

test("events with stored times that no event may have are listed, shown and tested", { timeout: 60_000 }, async () => {
  const times = ["10000-01-01 11:59:59.999+00", "infinity", "0044-03-15 00:00:00+00 BC"];
  const ids = times.map((_, i) => `evt_at_${i}`);
  await db.$executeRaw`
    INSERT INTO event (id, type, source, time, data)
    SELECT id, 'user.signed_up', 'shop', time::timestamptz, ${data}::jsonb FROM unnest(${ids}::text[], ${times}::text[]) AS x(id, time)`;
  const listed = await eventfork(["events", "list", "--json"]);
  const found = JSON.parse(listed.stdout).events.map(({ event }: { event: { id: string; time: string } }) => [
    event.id,
    event.time,
  ]);
  const latest = "9999-12-30T23:59:59.999Z";
  const readable = [latest, latest, "0001-01-02T00:00:00.000Z"].map((time, i) => [ids[i], time]);
  expect(found).toEqual(expect.arrayContaining(readable));
  for (const id of ids) {
    expect(await eventfork(["events", "show", id])).toMatchObject({ code: 0, stdout: expect.stringContaining(id) });
  }
  const draft = ["--policy", '{"type":["user.signed_up"]}', "--event", "evt_at_0", "--json"];
  const tested = await eventfork(["rules", "test", "slack", ...draft]);
  expect(JSON.parse(tested.stdout)).toMatchObject({ draft: { isWanted: true } });
  await db.event.deleteMany({ where: { id: { in: ids } } });
});

test("catalog lists every event type and field without a database or a broker", async () => {
  const nowhere = { DATABASE_URL: "", EVENTFORK_TOPIC_ARN: "", EVENTFORK_QUEUES: "", EVENTFORK_STATE_DIR: "/nowhere" };
  const { code, stdout } = await eventfork(["catalog", "--json"], nowhere);
  expect(code).toBe(0);
  expect(JSON.parse(stdout).types.map(({ type }: { type: string }) => type)).toEqual([...eventTypes]);
  expect((await eventfork(["catalog"], nowhere)).stdout).toContain("marketingConsent");
});

test.each([
  ["an unknown type", ["emit", "user.flew", "--data", "{}"], /no event type "user\.flew"/],
  ["data that does not fit", ["emit", "user.signed_up", "--data", '{"email":"x"}'], /data\.email/],
  ["data with NUL", ["emit", "user.signed_up", "--data", JSON.stringify({ ...data, name: "A\u0000" })], /data\.name/],
  [
    "a number beyond 2^53",
    ["emit", "user.signed_up", "--data", '{"orderId":12345678901234567890}'],
    /data\.orderId: is a number beyond 2\^53/,
  ],
  [
    "a userId of 201 characters",
    ["emit", "user.signed_up", "--data", JSON.stringify({ ...data, userId: "x".repeat(201) })],
    /data\.userId/,
  ],
  [
    "bytes that are no UTF-8",
    ["emit", "user.signed_up", "--data", JSON.stringify({ ...data, name: "\ufffd" })],
    /no UTF-8/,
  ],
  [
    "a field that the catalog does not have, when strict",
    ["emit", "user.signed_up", "--strict", "--data", JSON.stringify({ ...data, plan: "pro" })],
    /data\.plan/,
  ],
  ["data that is no JSON", ["emit", "user.signed_up", "--data", "{"], /not JSON/],
  ["a count of zero", ["emit", "user.signed_up", "--data", JSON.stringify(data), "--count", "0"], /--count/],
  ["a search that cannot be read", ["events", "list", "--search", "plan:"], /no value after "plan:"/],
  ["an event that is not there", ["events", "show", "evt_none"], /No event evt_none is recorded/],
  ["an unknown integration", ["deliveries", "list", "--integration", "fax"], /integration: should be one of/],
  ["a pace of zero", ["dead-letters", "replay", "--all", "--rate", "0", "--yes"], /perSecond: should be 1 or more/],
  ["a replay of nobody knows what", ["dead-letters", "replay", "--yes"], /Say which/],
  ["a replay of nothing", ["dead-letters", "replay", "--all", "--yes"], /Nothing would be sent/],
  ["a time that is none", ["dead-letters", "list", "--from", "yesterday"], /from/],
  ["an unknown replay", ["replays", "cancel", "rpl_none"], /no replay rpl_none/],
  ["a stranger", ["users", "grant", "nobody@lovelace.dev", "--role", "admin"], /Nobody has signed up/],
  ["an unknown role", ["users", "grant", "nobody@lovelace.dev", "--role", "king"], /role: should be one of/],
])("%s is refused with a message, an exit code, and JSON on request", async (_, args, words) => {
  const before = await db.event.count();
  const forPeople = await eventfork(args);
  expect(forPeople).toMatchObject({ code: 1, stdout: "", stderr: expect.stringMatching(words) });
  const forPrograms = await eventfork([...args, "--json"]);
  expect(forPrograms.code).toBe(1);
  expect(JSON.parse(forPrograms.stdout).error.message).toMatch(words);
  expect(await db.event.count()).toBe(before);
});

test("status shows every integration and the outbox", async () => {
  const { stdout } = await eventfork(["status", "--json"]);
  expect(JSON.parse(stdout)).toMatchObject({
    integrations: [{ name: "analytics" }, { name: "mailchimp" }, { name: "slack" }],
    outbox: { depth: 0 },
  });
  expect((await eventfork(["status"])).stdout).toMatch(/^integration +state +delivered/);
});

test("deliveries list has the deliveries and the cursor of the next page", async () => {
  const at = new Date();
  await db.delivery.createMany({
    data: Array.from({ length: 3 }, (_, i) => ({
      eventId: `evt_${i}`,
      integration: "slack",
      eventType: "user.signed_up",
      status: "delivered",
      firstAttemptAt: at,
      lastAttemptAt: at,
      updatedAt: at,
    })),
  });
  const first = JSON.parse((await eventfork(["deliveries", "list", "--limit", "2", "--json"])).stdout);
  expect(first.deliveries.map(({ eventId }: { eventId: string }) => eventId)).toEqual(["evt_2", "evt_1"]);
  const args = ["deliveries", "list", "--limit", "2", "--cursor", first.next, "--json"];
  const second = JSON.parse((await eventfork(args)).stdout);
  expect(second).toMatchObject({ deliveries: [{ eventId: "evt_0" }], next: null });
});

test("deliveries list says when the next attempt is due", async () => {
  const at = new Date();
  const nextAttemptAt = new Date(at.getTime() + 60_000);
  await db.delivery.create({
    data: {
      ...{ eventId: "evt_later", integration: "mailchimp", eventType: "user.signed_up", status: "retrying" },
      ...{ firstAttemptAt: at, lastAttemptAt: at, updatedAt: at, nextAttemptAt },
    },
  });
  const args = ["deliveries", "list", "--integration", "mailchimp"];
  expect((await eventfork(args)).stdout).toMatch(
    new RegExp(`next attempt[^]*retrying .*${nextAttemptAt.toISOString()}`),
  );
  const { deliveries } = JSON.parse((await eventfork([...args, "--json"])).stdout);
  expect(deliveries[0].nextAttemptAt).toBe(nextAttemptAt.toISOString());
});

test("status shows quarantined events with the reason, and outbox retry publishes them", async () => {
  const at = new Date();
  await db.event.create({
    data: {
      ...{ id: "evt_aside", type: "user.signed_up", source: "cli", time: at, data, recordedAt: at },
      ...{ quarantinedAt: at, publishError: "InvalidParameter: no" },
    },
  });
  expect((await eventfork(["status"])).stdout).toMatch(/outbox: 1 quarantined.*InvalidParameter: no/);
  const { outbox } = JSON.parse((await eventfork(["status", "--json"])).stdout);
  expect([outbox.quarantined, outbox.setAside]).toEqual([outbox.setAside, expect.objectContaining({ count: 1 })]);
  const { stdout } = await eventfork(["outbox", "retry", "--json"]);
  expect(JSON.parse(stdout)).toMatchObject({ retried: 1, published: 1, quarantined: 0, setAside: 0 });
  expect(await eventfork(["outbox", "retry"])).toMatchObject({ code: 1, stderr: expect.stringMatching(/quarantined/) });
});

test("rollups rebuild recounts the figures and reports its corrections", async () => {
  const wrong = await db.$executeRaw`UPDATE event_rollup SET count = count + 1 WHERE step = 'hour'`;
  const { stdout } = await eventfork(["rollups", "rebuild", "--json"]);
  expect(JSON.parse(stdout)).toEqual({ hours: expect.any(Number), corrected: wrong });
  expect(wrong).toBeGreaterThan(0);
  expect((await eventfork(["rollups", "rebuild", "--since", "soon"])).stderr).toMatch(/since/);
});

test("outbox discard needs a reason and clears the issue", async () => {
  const at = new Date();
  const event = { id: "evt_given_up", type: "user.signed_up", source: "cli", time: at, data, recordedAt: at };
  await db.event.create({ data: { ...event, quarantinedAt: at, publishError: "too large" } });
  expect(await eventfork(["outbox", "discard"])).toMatchObject({ code: 1, stderr: expect.stringMatching(/--reason/) });
  const args = ["outbox", "discard", "--reason", "a broken import"];
  const unsure = await eventfork(args);
  expect([unsure.code, unsure.stderr]).toEqual([1, expect.stringMatching(/1 event would never go.*say --yes/)]);
  expect(await db.event.count({ where: { id: event.id, quarantinedAt: { not: null } } })).toBe(1);
  const { stdout } = await eventfork([...args, "--yes", "--json"]);
  expect(JSON.parse(stdout)).toEqual({ discarded: 1 });
  expect(JSON.parse((await eventfork(["status", "--json"])).stdout).outbox.quarantined).toMatchObject({ count: 0 });
});

test("users grant gives a role, to an unconfirmed address only when it was checked", async () => {
  await db.user.create({ data: { id: "usr_ada", email: "ada@lovelace.dev", name: "Ada" } });
  const args = ["users", "grant", "ada@lovelace.dev", "--role", "viewer", "--json"];
  expect(await eventfork(args)).toMatchObject({ code: 1, stdout: expect.stringMatching(/Nobody has confirmed/) });
  expect(await db.user.findUniqueOrThrow({ where: { id: "usr_ada" } })).toMatchObject({ role: "user" });
  const { stdout } = await eventfork([...args, "--address-checked"]);
  expect(JSON.parse(stdout)).toEqual({ user: { email: "ada@lovelace.dev", role: "viewer" } });
  expect(await db.user.findUniqueOrThrow({ where: { id: "usr_ada" } })).toMatchObject({ role: "viewer" });
});

test("users end-sessions logs a person out everywhere after confirmation", async () => {
  const dates = { expiresAt: new Date(Date.now() + 3_600_000), updatedAt: new Date() };
  await db.user.create({ data: { id: "usr_lin", email: "lin@lovelace.dev", name: "Lin" } });
  await db.session.createMany({ data: ["a", "b"].map((id) => ({ id, token: id, userId: "usr_lin", ...dates })) });
  const args = ["users", "end-sessions", "lin@lovelace.dev"];
  expect(await eventfork(args)).toMatchObject({ code: 1, stderr: expect.stringMatching(/say --yes/) });
  expect(await db.session.count()).toBe(2);
  expect(JSON.parse((await eventfork([...args, "--yes", "--json"])).stdout)).toEqual({ ended: 2 });
  expect(await db.session.count()).toBe(0);
});

test("without a stack and an environment, the error explains how to get one", async () => {
  const nothing = { DATABASE_URL: "", EVENTFORK_STATE_DIR: "/nowhere" };
  const { code, stderr } = await cli.eventforkProcess(["status"], nothing);
  expect([code, stderr]).toEqual([1, expect.stringMatching(/npm run dev/)]);
});

test("an unreachable database is reported by the name of its setting", async () => {
  const { code, stderr } = await eventfork(["status"], { DATABASE_URL: "postgresql://u:hunter2@127.0.0.1:9/x" });
  expect(code).toBe(1);
  expect(stderr).toMatch(/The database that DATABASE_URL names cannot be reached: .*ECONNREFUSED/);
  expect(stderr).not.toContain("hunter2");
});

test("deliveries list has the screen's filters", async () => {
  const { stdout } = await eventfork(["deliveries", "list", "--type", "order.paid", "--text", "evt_later", "--json"]);
  expect(JSON.parse(stdout)).toEqual({ deliveries: [], next: null, scanned: null, looked: null });
  const wrong = await eventfork(["deliveries", "list", "--sort", "colour"]);
  expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringMatching(/sort/)]);
});
