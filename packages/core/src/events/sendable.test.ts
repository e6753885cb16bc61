import { createTestCtx, deadLetterRecord, eventBody, narrowToOwn } from "@eventfork/testing";
import { replayHands } from "@eventfork/testing/replaying";
import { beforeEach, describe, expect, test } from "vitest";
import { consume } from "../deliveries/consume.ts";
import * as Outbox from "../outbox/index.ts";
import type { Ctx } from "../platform/index.ts";
import { noMetrics } from "../platform/metrics.ts";
import { delivered } from "../providers/framework/define.ts";
import { findMissing } from "../reconciliation/find.ts";
import { forceSend, previewReplay, startReplay } from "../replays/index.ts";
import { seedRules } from "../rules/index.ts";
import { integrations } from "../topology/index.ts";
import { erasePerson } from "../users/index.ts";

const integration = "slack" as const;
const person = { userId: "usr_ada", email: "ada@lovelace.dev", name: "Ada" };
const hourMs = 3_600_000;

let ctx: Ctx;
let eventId: string;
const { advance, receive } = replayHands(() => ctx);

const erase = () => erasePerson(ctx, { userId: person.userId });

beforeEach(async () => {
  ctx = await createTestCtx();
  await seedRules(ctx);
  await ctx.db.ruleVersion.updateMany({ data: { acceptedAt: new Date(Date.now() - 24 * hourMs) } });
  await ctx.db.user.create({ data: { id: person.userId, email: person.email, name: person.name } });
  const { id } = await Outbox.record(ctx.db, { type: "user.signed_up", data: { ...person, marketingConsent: true } });
  eventId = id;
  await ctx.db.event.update({ where: { id }, data: { publishedAt: new Date(Date.now() - hourMs) } });
});

describe("an erased person's event is never sent", () => {
  test("a consumer drops its message, records why, and makes no call", async () => {
    await erase();
    const calls: string[] = [];
    const deliver = async (events: readonly { id: string }[]) => {
      calls.push(...events.map(({ id }) => id));
      return events.map(() => delivered("ok"));
    };
    const record = (id: string) => ({ ...deadLetterRecord({ id, body: eventBody(id) }), messageAttributes: {} });
    const consumeCtx = {
      ...{ ...ctx, integration, topology: integrations.slack, messaging: narrowToOwn(ctx.messaging, integration) },
      ...{ connection: { deliver }, metrics: noMetrics, retryScale: 1, random: () => 0 },
    };
    const records = [record(eventId), record("evt_other")];
    expect(await consume(consumeCtx, records, AbortSignal.timeout(5_000))).toEqual({ batchItemFailures: [] });
    expect(calls).toEqual(["evt_other"]);
    const [row] = await ctx.db.delivery.findMany({ where: { eventId } });
    expect(row).toMatchObject({ status: "dead", errorCode: "erased", nextAttemptAt: null });
    expect(await ctx.db.lease.count()).toBe(0);
  });

  test.each(["backfill", "filtered", "overdue"] as const)("%s finds none", async (source) => {
    await ctx.db.overdue.create({
      data: { eventId, integration, kind: "missing", since: new Date(), foundAt: new Date(Date.now() - 1_000) },
    });
    if (source === "filtered") {
      const old = {
        integration,
        policy: { type: ["nothing"] },
        author: "a",
        acceptedAt: new Date(Date.now() - 9 * hourMs),
      };
      await ctx.db.ruleVersion.updateMany({ where: { integration }, data: { version: 2, acceptedAt: new Date(0) } });
      await ctx.db.ruleVersion.update({
        where: { integration_version: { integration, version: 2 } },
        data: { acceptedAt: new Date(Date.now() - 1_000) },
      });
      await ctx.db.ruleVersion.create({ data: { ...old, version: 1 } });
    }
    expect(await previewReplay(ctx, { selection: { source, integration } })).toMatchObject({ total: 1 });
    await erase();
    await ctx.db.overdue.createMany({
      data: [{ eventId, integration, kind: "missing", since: new Date(), foundAt: new Date(Date.now() - 1_000) }],
      skipDuplicates: true,
    });
    expect(await previewReplay(ctx, { selection: { source, integration } })).toMatchObject({ total: 0 });
  });

  test("a replay that had chosen it skips it", async () => {
    const { id } = await startReplay(ctx, { selection: { source: "backfill", integration }, perSecond: 100 });
    await ctx.db.replay.update({ where: { id }, data: { isSelected: true, pending: 1 } });
    await ctx.db.replayItem.create({ data: { replayId: id, seq: 1, integration, eventId, state: "pending" } });
    await erase();
    await advance();
    expect(await receive(integration)).toEqual([]);
    expect(await ctx.db.replayItem.findFirst()).toMatchObject({
      state: "skipped",
      note: expect.stringContaining("erased"),
    });
  });

  test("it is neither resent nor overdue", async () => {
    await erase();
    await expect(forceSend(ctx, { eventId, integration })).rejects.toThrow("was erased");
    expect(await findMissing(ctx, integration)).toEqual({ checked: 0, missing: 0 });
  });
});
