import { admin, createTestDb } from "@eventfork/testing";
import { whileLocked } from "@eventfork/testing/locks";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { listAttempts } from "../../deliveries/index.ts";
import { type Db, Prisma } from "../../platform/db/index.ts";
import { type Actor, EventforkError, newId } from "../../platform/index.ts";
import {
  deleteAccount,
  ensureAdmin,
  erasePerson,
  grantRole,
  listPersonEvents,
  listUsers,
  sweepErasures,
} from "../index.ts";

const ada = { id: "usr_ada", name: "Ada Lovelace", email: "ada@lovelace.dev" };
const grace = { id: "usr_grace", name: "Grace Hopper", email: "grace@hopper.dev" };
const secrets = [ada.name, "Lovelace", ada.email, "203.0.113.7"];

let db: Db;
let time = Date.parse("2026-11-25T10:00:00Z");
const now = () => new Date(time);
const ctxOf = (actor: Actor = admin) => ({ db, actor, now, log: console });

beforeAll(async () => {
  db = await createTestDb();
});

afterAll(() => db.$disconnect());

const tables = [
  ...["user", "event", "delivery", "attempt", "dead_letter", "audit_entry", "erasure", "overdue"],
  ...["saved_view", "integration_check"],
  ...["dead_letter_search", "dead_letter_group", "dead_letter_change", "dead_letter_trend"],
];

beforeEach(async () => {
  for (const table of tables) await db.$executeRawUnsafe(`DELETE FROM "${table}"`);
  await db.user.createMany({ data: [ada, grace] });
});

async function readEverything(): Promise<string> {
  const rows = await db.$queryRaw<{ table_name: string }[]>`
    SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`;
  const texts = await Promise.all(
    rows.map(({ table_name }) =>
      db.$queryRawUnsafe<{ text: string | null }[]>(
        `SELECT string_agg(t::text, E'\\n') AS text FROM "${table_name}" t`,
      ),
    ),
  );
  return texts.map(([row]) => row?.text ?? "").join("\n");
}

async function happen(person: typeof ada, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => newId("event"));
  const data = { userId: person.id, email: person.email, name: person.name };
  await db.event.createMany({
    data: ids.map((id) => ({
      id,
      type: "user.logged_in",
      source: "web",
      subject: person.id,
      time: now(),
      recordedAt: now(),
      publishedAt: now(),
      data,
    })),
  });
  const common = { integration: "slack", response: `told ${person.name}`, errorMessage: `${person.email} is odd` };
  await db.delivery.createMany({
    data: ids.map((eventId) => ({
      ...common,
      eventId,
      eventType: "user.logged_in",
      status: "delivered",
      attempts: 1,
      firstAttemptAt: now(),
      lastAttemptAt: now(),
      updatedAt: now(),
    })),
  });
  await db.attempt.createMany({
    data: ids.map((eventId) => ({
      ...common,
      eventId,
      number: 1,
      receiveCount: 1,
      startedAt: now(),
      durationMs: 5,
      outcome: "delivered",
    })),
  });
  return ids;
}

async function die(eventId: string | null, body: string): Promise<void> {
  const id = newId("deadLetter");
  await db.deadLetterSearch.create({ data: { id, text: body.toLowerCase() } });
  await db.auditEntry.create({
    data: { id: newId("audit"), at: now(), actor: "admin", action: "dead_letter.edited", target: id, after: { body } },
  });
  await db.deadLetter.create({
    data: {
      id,
      integration: "mailchimp",
      eventId,
      messageId: newId("event"),
      body,
      editedBody: body,
      history: [{ reason: body }],
      attributes: { reason: { stringValue: body } },
      receiveCount: 1,
      archivedAt: now(),
      errorClass: "RejectedError",
      errorCode: "Invalid Resource",
      reason: `refused: ${body}`,
      status: "open",
      statusAt: now(),
    },
  });
}

describe("erasing a person", () => {
  test("leaves no data of theirs, keeps every count, and changes no other person", async () => {
    const [first = ""] = await happen(ada, 3);
    await happen(grace, 2);
    await die(first, JSON.stringify({ id: first, data: { email: ada.email, name: ada.name } }));
    await die(null, `{"broken": "${ada.email.toUpperCase()}"`);
    await db.auditEntry.create({
      data: { id: "aud_1", at: now(), actor: ada.id, action: "person.signed_in", target: ada.id, ip: "203.0.113.7" },
    });
    const view = { page: "deliveries", createdAt: now() };
    const queries = [`text=${encodeURIComponent(ada.email)}`, `text=${ada.email}`, "status=dead"];
    await db.savedView.createMany({
      data: [
        ...queries.map((query, i) => ({ ...view, id: `viw_${i}`, userId: grace.id, name: `View ${i}`, query })),
        { ...view, id: "viw_ada", userId: ada.id, name: "Lovelace's", query: "" },
      ],
    });
    await db.integrationCheck.create({
      data: { id: "chk_1", integration: "slack", requestedBy: ada.email, requestedAt: now() },
    });
    await erasePerson(ctxOf(), { userId: ada.id });
    expect(await db.savedView.findMany()).toMatchObject([{ userId: grace.id, query: "status=dead" }]);
    const everything = await readEverything();
    expect(everything).not.toContain(encodeURIComponent(ada.email));
    for (const secret of secrets) expect(everything.toLowerCase()).not.toContain(secret.toLowerCase());
    expect(everything).toContain(grace.email);
    expect([
      await db.user.count(),
      await db.event.count(),
      await db.delivery.count(),
      await db.attempt.count(),
    ]).toEqual([2, 5, 5, 5]);
    expect(await db.deadLetter.findMany({ select: { status: true, errorCode: true } })).toEqual([
      { status: "discarded", errorCode: "Invalid Resource" },
      { status: "discarded", errorCode: "Invalid Resource" },
    ]);
    expect(await db.event.count({ where: { subject: grace.id, erasedAt: null } })).toBe(2);
    expect(await db.auditEntry.findFirst({ where: { action: "person.erased" } })).toMatchObject({ target: ada.id });
  });

  test("takes the response from an attempt that only its delivery holds", async () => {
    const [eventId = ""] = await happen(ada, 1);
    await db.attempt.deleteMany();
    await db.delivery.updateMany({ data: { receiveCount: 1, durationMs: 5 } });
    const read = () => listAttempts(db, { eventId, integration: "slack" });
    expect(await read()).toMatchObject([{ response: `told ${ada.name}` }]);
    await erasePerson(ctxOf(), { userId: ada.id });
    expect(await read()).toMatchObject([{ number: 1, durationMs: 5, response: null, errorMessage: null }]);
  });

  test("again changes nothing and writes no second audit entry", async () => {
    await happen(ada, 2);
    const first = await erasePerson(ctxOf(), { userId: ada.id });
    const again = await erasePerson(ctxOf(), { userId: ada.id });
    expect(again).toEqual(first);
    expect(first).toMatchObject({ events: 2, deliveries: 2 });
    expect(await db.auditEntry.count({ where: { action: "person.erased" } })).toBe(1);
  });

  test("twice concurrently happens once, and neither call fails", async () => {
    const both = await whileLocked(db, Prisma.sql`SELECT FROM "user" WHERE id = ${ada.id} FOR UPDATE`, async () => {
      const calls = [1, 2].map(() => erasePerson(ctxOf(), { userId: ada.id }));
      for (let waiting = 0; waiting < 2; ) {
        const rows = await db.$queryRaw<unknown[]>`
          SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
        waiting = rows.length;
      }
      return { settled: Promise.allSettled(calls) };
    });
    expect((await both.settled).map(({ status }) => status)).toEqual(["fulfilled", "fulfilled"]);
    expect(await db.auditEntry.count({ where: { action: "person.erased" } })).toBe(1);
  });

  test("keeps the status of a resolved dead letter", async () => {
    const [id = ""] = await happen(ada, 1);
    await die(id, JSON.stringify({ id, data: { email: ada.email } }));
    await db.deadLetter.updateMany({ data: { status: "resolved" } });
    const statusAt = now();
    time += 60_000;
    await erasePerson(ctxOf(), { userId: ada.id });
    expect(await db.deadLetter.findFirst()).toMatchObject({ status: "resolved", statusAt, discardReason: null });
  });

  test("covers more events than one step takes", async () => {
    await happen(ada, 1_201);
    expect(await erasePerson(ctxOf(), { userId: ada.id })).toMatchObject({ events: 1_201, finishedAt: now() });
    expect(await readEverything()).not.toContain(ada.email);
  });

  test("reaches queued messages that become dead letters, and events that were recorded late", async () => {
    const [id = ""] = await happen(ada, 1);
    await erasePerson(ctxOf(), { userId: ada.id });
    time += 60_000;
    await sweepErasures({ db, now });
    time += 60_000;
    await die(id, JSON.stringify({ id, data: { userId: ada.id, email: ada.email } }));
    await happen(ada, 1);
    expect(await readEverything()).toContain(ada.email);
    await sweepErasures({ db, now });
    expect(await readEverything()).not.toContain(ada.email);
  });

  test("is repeated for as long as a queue keeps a message, and no longer", async () => {
    await erasePerson(ctxOf(), { userId: ada.id });
    expect(await sweepErasures({ db, now })).toEqual({ swept: 1, unfinished: 0 });
    time += 16 * 86_400_000;
    expect(await sweepErasures({ db, now })).toEqual({ swept: 0, unfinished: 0 });
  });

  test("an event that a publisher has locked is erased by the next sweep", async () => {
    const [id = ""] = await happen(ada, 2);
    await db.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT id FROM event WHERE id = ${id} FOR UPDATE`;
      await erasePerson(ctxOf(), { userId: ada.id });
    });
    expect(await db.event.count({ where: { erasedAt: null } })).toBe(1);
    await sweepErasures({ db, now });
    expect(await db.event.count({ where: { erasedAt: null } })).toBe(0);
  });

  test("is refused for an operator until the role is revoked", async () => {
    await db.user.update({ where: { id: ada.id }, data: { role: "viewer" } });
    const code = (error: unknown) => (error instanceof EventforkError ? error.code : error);
    expect(await erasePerson(ctxOf(), { userId: ada.id }).catch(code)).toBe("CONFLICT");
    expect(await erasePerson(ctxOf(), { userId: "usr_none" }).catch(code)).toBe("NOT_FOUND");
    expect(await db.user.findUnique({ where: { id: ada.id } })).toMatchObject({ email: ada.email });
  });

  test("frees the address for a new account", async () => {
    await erasePerson(ctxOf(), { userId: ada.id });
    await db.user.create({ data: { ...ada, id: "usr_new" } });
    expect((await listUsers({ db }, { search: "ada@" })).users.map(({ id }) => id)).toEqual(["usr_new"]);
  });
});

describe("deleting one's own account", () => {
  const password = "correct horse battery";
  let me: Actor;

  beforeEach(async () => {
    await db.turn.deleteMany();
    await ensureAdmin({ db, now }, { name: "Lin Admin", email: "lin@example.com", password });
    const { id } = await ensureAdmin({ db, now }, { name: "Mae Jemison", email: "mae@jemison.dev", password });
    await grantRole(ctxOf(), { email: "mae@jemison.dev", role: "user" });
    me = { kind: "person", id, email: "mae@jemison.dev", role: "user" };
    await happen({ id, name: "Mae Jemison", email: "mae@jemison.dev" }, 1);
  });

  test("needs the password, and allows five attempts", async () => {
    const attempt = (word: string) =>
      deleteAccount(ctxOf(me), { password: word }).catch((error: EventforkError) => error.code);
    for (let i = 0; i < 5; i += 1) expect(await attempt("wrong horse")).toBe("INVALID");
    expect(await attempt(password)).toBe("LIMITED");
    expect(await readEverything()).toContain("mae@jemison.dev");
  });

  test("erases everything, and the audit log has no IP address", async () => {
    const from = { ip: "203.0.113.7", userAgent: "Firefox" };
    await deleteAccount({ ...ctxOf(me), from }, { password });
    const everything = await readEverything();
    for (const secret of ["mae@jemison.dev", "Mae Jemison", "203.0.113.7"]) expect(everything).not.toContain(secret);
    expect(await db.account.count({ where: { userId: me.kind === "person" ? me.id : "" } })).toBe(0);
  });
});

test("a person's events have pages, each event with its deliveries", async () => {
  for (let i = 0; i < 5; i += 1) {
    time += 1_000;
    await happen(ada, 1);
  }
  await happen(grace, 1);
  const first = await listPersonEvents({ db }, { userId: ada.id, limit: 3 });
  const second = await listPersonEvents(
    { db },
    { userId: ada.id, limit: 3, ...(first.next && { cursor: first.next }) },
  );
  const all = [...first.events, ...second.events];
  expect(new Set(all.map(({ id }) => id)).size).toBe(5);
  expect(second.next).toBeNull();
  expect(all.every(({ deliveries }) => deliveries[0]?.integration === "slack")).toBe(true);
});
