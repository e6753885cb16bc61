import { createTestCtx, type TestCtx } from "@eventfork/testing";
import { whileLocked } from "@eventfork/testing/locks";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Db, Prisma } from "../../platform/db/index.ts";
import { newId } from "../../platform/index.ts";
import { releaseSome } from "../control.ts";
import { dropLease, renewLease, takeLease } from "../lease.ts";
import { resolveInterruptedSends, sendSome, settleSome } from "../send.ts";
import { selectSome } from "../sources/select.ts";

const start = Date.parse("2026-11-24T10:00:00Z");
const integration = "slack";
const lease = (replayId: string) => ({ replayId, leaseId: "lease_ours" });

let ctx: TestCtx;
let db: Db;
let clock: number;
const at = (second: number) => new Date(start + second * 1_000);

beforeAll(async () => {
  ctx = { ...(await createTestCtx()), now: () => new Date(clock) };
  db = ctx.db;
  return () => db.$disconnect();
});
beforeEach(async () => {
  clock = start;
  await db.$transaction([
    db.replay.deleteMany(),
    db.replayItem.deleteMany(),
    db.deadLetter.deleteMany(),
    db.delivery.deleteMany(),
    db.event.deleteMany(),
    db.sentAnyway.deleteMany(),
  ]);
});

async function makeReplay(row: { state?: string; source?: string; leaseUntil?: Date; nextAt?: Date } = {}) {
  const id = newId("replay");
  const selection = { source: row.source ?? "backfill", integration };
  await db.replay.create({
    data: {
      ...{ id, source: "backfill", selection, integration, createdBy: "test", createdAt: at(0), perSecond: 10 },
      ...{ canaryState: "none", state: "running", stateAt: at(0), flowingSince: at(0), leaseId: "lease_ours" },
      ...{ nextAt: at(0), ...row },
    },
  });
  return id;
}

async function makeItem(
  replayId: string,
  seq: number,
  row: { state?: string; deadLetterId?: string; sendingAt?: Date } = {},
) {
  const eventId = newId("event");
  const event = { type: "user.signed_up", source: "web", time: at(0), data: {}, publishedAt: at(0) };
  await db.event.create({ data: { id: eventId, ...event } });
  await db.replayItem.create({ data: { replayId, seq, integration, eventId, state: "pending", ...row } });
  return eventId;
}

async function makeDeadLetter(
  replayId: string | null,
  status = "replaying",
  eventId = newId("event"),
): Promise<string> {
  const id = newId("deadLetter");
  await db.deadLetter.create({
    data: {
      ...{ id, integration, eventId, messageId: id, body: "{}", attributes: {}, receiveCount: 1, archivedAt: at(-60) },
      ...{ errorClass: "RejectedError", reason: "no", fingerprint: "f", status, statusAt: at(0), replayId },
    },
  });
  return id;
}

async function makeDelivery(eventId: string, status: string, updatedAt: Date) {
  const times = { firstAttemptAt: at(0), lastAttemptAt: at(0), updatedAt };
  await db.delivery.create({ data: { eventId, integration, eventType: "user.signed_up", status, ...times } });
}

const send = (replayId: string, options: { paused?: "slack"[]; leaseId?: string } = {}) =>
  sendSome(
    ctx,
    { ...lease(replayId), ...(options.leaseId && { leaseId: options.leaseId }) },
    {
      ...{ limit: 10, by: "test", paused: options.paused ?? [] },
    },
  );
const statesOf = async (replayId: string) =>
  (await db.replayItem.findMany({ where: { replayId }, orderBy: { seq: "asc" } })).map(({ state }) => state);
const statusOf = async (id: string) => (await db.deadLetter.findUniqueOrThrow({ where: { id } })).status;

describe("a replay's lease", () => {
  test("is acquired when it is due and free, without waiting", async () => {
    await makeReplay({ nextAt: at(1) });
    await makeReplay({ leaseUntil: at(0) });
    const locked = await makeReplay();
    const free = await makeReplay();
    const rows = Prisma.sql`SELECT FROM replay WHERE id = ${locked} FOR UPDATE`;
    const taken = await whileLocked(db, rows, async () => [await takeLease(ctx), await takeLease(ctx)]);
    expect(taken).toMatchObject([{ replayId: free }, null]);
  });

  test("is renewed and released by its holder alone", async () => {
    const replayId = await makeReplay();
    const other = { replayId, leaseId: "lease_other" };
    expect(await renewLease(ctx, other)).toBeNull();
    await dropLease(ctx, other, null);
    expect(await db.replay.findUnique({ where: { id: replayId } })).toMatchObject({
      leaseId: "lease_ours",
      nextAt: at(0),
    });
    expect(await renewLease(ctx, lease(replayId))).toMatchObject({ leaseUntil: at(30) });
  });
});

describe("a replay sends", () => {
  test("under its own lease, and while it runs", async () => {
    const running = await makeReplay();
    const paused = await makeReplay({ state: "paused" });
    for (const id of [running, paused]) await makeItem(id, 1);
    expect(await send(running, { leaseId: "lease_other" })).toMatchObject({ claimed: 0 });
    expect(await send(paused)).toMatchObject({ claimed: 0 });
    expect(await send(running)).toMatchObject({ claimed: 1 });
  });

  test("nothing of a paused integration", async () => {
    const id = await makeReplay();
    await makeItem(id, 1);
    expect(await send(id, { paused: [integration] })).toMatchObject({ claimed: 0 });
  });

  test("nothing that was delivered or deleted, or is another replay's dead letter", async () => {
    const id = await makeReplay();
    const delivered = await makeItem(id, 1);
    await makeDelivery(delivered, "delivered", at(0));
    const gone = await makeItem(id, 2);
    await db.event.delete({ where: { id: gone } });
    await makeItem(id, 3, { deadLetterId: await makeDeadLetter("rpl_other") });
    await makeItem(id, 4, { deadLetterId: await makeDeadLetter(id, "discarded") });
    await makeItem(id, 5);
    await send(id);
    expect(await statesOf(id)).toEqual(["skipped", "skipped", "skipped", "skipped", "sent"]);
  });

  test("a backfilled event twice without an error, and notes the first", async () => {
    const id = await makeReplay();
    const eventId = await makeItem(id, 1);
    const first = { eventId, integration, at: at(-9), by: "first", kind: "one" };
    await db.sentAnyway.create({ data: first });
    expect(await send(id)).toMatchObject({ claimed: 1, refusal: null });
    expect(await db.sentAnyway.findMany()).toEqual([first]);
  });
});

describe("outcomes of sent messages", () => {
  test("a dead letter from before it was sent is no outcome, one from after is", async () => {
    const id = await makeReplay();
    const before = await makeItem(id, 1, { state: "sent", sendingAt: at(0) });
    const after = await makeItem(id, 2, { state: "sent", sendingAt: at(0) });
    await makeDelivery(before, "dead", at(-2));
    await makeDelivery(after, "dead", at(1));
    await settleSome(ctx, id, 0, at(0));
    expect(await statesOf(id)).toEqual(["sent", "failed"]);
  });

  test("another replay's dead letter does not change", async () => {
    const id = await makeReplay();
    const theirs = await makeDeadLetter("rpl_other");
    await makeItem(id, 1, { state: "sent", sendingAt: at(0), deadLetterId: theirs });
    await settleSome(ctx, id, 0, at(0));
    expect([await statesOf(id), await statusOf(theirs)]).toEqual([["failed"], "replaying"]);
  });

  test("a message that a crash left is undecided while a queue may hide it or its integration is paused", async () => {
    const id = await makeReplay();
    await makeItem(id, 1, { state: "sending", sendingAt: at(0) });
    const decide = (paused: "slack"[]) => resolveInterruptedSends(ctx, id, { paused, hasEnded: false });
    expect(await decide([])).toBe(1);
    clock += 3_600_000;
    expect(await decide([integration])).toBe(1);
    expect(await decide([])).toBe(0);
    expect(await statesOf(id)).toEqual(["pending"]);
  });

  test("a message with a later attempt was sent; one with only an earlier attempt was not", async () => {
    const id = await makeReplay();
    const since = await makeItem(id, 1, { state: "sending", sendingAt: at(0) });
    const before = await makeItem(id, 2, { state: "sending", sendingAt: at(0) });
    await makeDelivery(since, "retrying", at(1));
    await makeDelivery(before, "retrying", at(-2));
    expect(await resolveInterruptedSends(ctx, id, { paused: [], hasEnded: false })).toBe(1);
    expect(await statesOf(id)).toEqual(["sent", "sending"]);
  });
});

describe("an ended replay", () => {
  test("releases its unsent messages and reopens its own dead letters alone", async () => {
    const [canceled, running] = [await makeReplay({ state: "cancelled" }), await makeReplay()];
    const [ours, theirs] = [await makeDeadLetter(canceled), await makeDeadLetter("rpl_other")];
    await makeItem(canceled, 1, { deadLetterId: ours });
    await makeItem(canceled, 2, { deadLetterId: theirs });
    await makeItem(canceled, 3, { state: "sent" });
    await makeItem(running, 1);
    expect([await releaseSome(db, canceled, at(1)), await releaseSome(db, running, at(1))]).toEqual([2, 0]);
    expect(await statesOf(canceled)).toEqual(["cancelled", "cancelled", "sent"]);
    expect([await statusOf(ours), await statusOf(theirs)]).toEqual(["open", "replaying"]);
  });
});

describe("finding dead letters", () => {
  const select = async (id: string) => selectSome(ctx, lease(id), await db.replay.findUniqueOrThrow({ where: { id } }));

  test("takes open dead letters and skips locked ones", async () => {
    const id = await makeReplay();
    await db.replay.update({ where: { id }, data: { selection: { source: "dead_letters", filter: {} } } });
    const [open, locked] = [await makeDeadLetter(null, "open"), await makeDeadLetter(null, "open")];
    const rows = Prisma.sql`SELECT FROM dead_letter WHERE id = ${locked} FOR UPDATE`;
    await whileLocked(db, rows, () => select(id));
    expect([await statusOf(open), await statusOf(locked)]).toEqual(["replaying", "open"]);
  });

  test("stops when the replay has ended or has another holder", async () => {
    const deadLetter = await makeDeadLetter(null, "open");
    for (const row of [{ state: "cancelled" }, { leaseId: "lease_other" }]) {
      const id = await makeReplay();
      await db.replay.update({ where: { id }, data: { ...row, selection: { source: "dead_letters", filter: {} } } });
      await select(id);
    }
    expect(await statusOf(deadLetter)).toBe("open");
  });
});
