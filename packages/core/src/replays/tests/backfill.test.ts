import { createTestCtx } from "@eventfork/testing";
import { replayHands } from "@eventfork/testing/replaying";
import { beforeEach, describe, expect, test } from "vitest";
import * as DeadLetters from "../../dead-letters/index.ts";
import { explainEvent } from "../../history/index.ts";
import * as Outbox from "../../outbox/index.ts";
import type { Ctx } from "../../platform/index.ts";
import { seedRules } from "../../rules/index.ts";
import { cancelReplay, getReplay, previewReplay, startReplay } from "../index.ts";

let ctx: Ctx;
const { advance, createDeadLetters, receive } = replayHands(() => ctx);

beforeEach(async () => {
  ctx = await createTestCtx();
});

describe("events without a dead letter", () => {
  const integration = "slack" as const;
  const hour = 3_600_000;

  async function publish(count: number, type: "user.signed_up" | "user.logged_in", hoursAgo = 1): Promise<string[]> {
    const person = { userId: "usr_1", email: "ada@lovelace.dev", name: "Ada" };
    const data = type === "user.signed_up" ? { ...person, marketingConsent: false } : { ...person, method: "password" };
    const rows = await Outbox.recordMany(
      ctx.db,
      Array.from({ length: count }, () => ({ type, data }) as Outbox.NewEvent),
    );
    const eventIds = rows.map(({ id }) => id);
    const publishedAt = new Date(Date.now() - hoursAgo * hour);
    await ctx.db.event.updateMany({ where: { id: { in: eventIds } }, data: { publishedAt } });
    return eventIds.sort();
  }

  beforeEach(async () => {
    await seedRules(ctx);
    await ctx.db.ruleVersion.updateMany({ data: { acceptedAt: new Date(Date.now() - 24 * hour) } });
  });

  test("are sent once, by time, type, policy and rule, to an integration that never had them, with the cause recorded", async () => {
    const [early, late, logIns] = [
      await publish(3, "user.signed_up", 5),
      await publish(4, "user.signed_up", 2),
      await publish(2, "user.logged_in", 2),
    ];
    const backfill = { source: "backfill", integration } as const;
    const count = async (more: object) => (await previewReplay(ctx, { selection: { ...backfill, ...more } })).total;
    expect(await count({})).toBe(7);
    expect(await count({ wantedOnly: false })).toBe(9);
    expect(await count({ from: new Date(Date.now() - 3 * hour) })).toBe(4);
    expect(await count({ to: new Date(Date.now() - 3 * hour) })).toBe(3);
    expect(await count({ types: ["user.logged_in"], wantedOnly: false })).toBe(2);
    expect(await count({ policyText: '{"data":{"name":["Bea"]}}' })).toBe(0);
    const selection = { ...backfill, from: new Date(Date.now() - 3 * hour), wantedOnly: false };
    const { id } = await startReplay(ctx, { selection, perSecond: 500 });
    const second = await startReplay(ctx, { selection: backfill, perSecond: 500 });
    await advance();
    expect(await receive(integration)).toEqual([...early, ...late, ...logIns].sort());
    expect(await receive("analytics")).toEqual([]);
    expect((await getReplay(ctx, { id })).figures.total + (await getReplay(ctx, second)).figures.total).toBe(9);
    const { integrations } = await explainEvent(ctx, { eventId: logIns[0] ?? "" });
    expect(integrations.find((why) => why.integration === integration)?.forceSent).not.toBeNull();
    const at = new Date();
    await ctx.db.delivery.createMany({
      data: [...early, ...late, ...logIns].map((eventId) => ({
        ...{ eventId, integration, eventType: "x", status: "delivered" },
        ...{ firstAttemptAt: at, lastAttemptAt: at, updatedAt: at },
      })),
    });
    await advance();
    for (const replay of [{ id }, second]) expect(await getReplay(ctx, replay)).toMatchObject({ state: "completed" });
    await expect(startReplay(ctx, { selection: backfill })).rejects.toThrow(/No past event like that is missing/);
  });

  test("that fail become failures of the replay and dead letters", async () => {
    const eventIds = await publish(2, "user.signed_up");
    const { id } = await startReplay(ctx, { selection: { source: "backfill", integration }, perSecond: 500 });
    await advance();
    await createDeadLetters(eventIds);
    await advance();
    expect(await getReplay(ctx, { id })).toMatchObject({ state: "completed_with_failures", figures: { failed: 2 } });
    expect(await DeadLetters.countOpen(ctx)).toBe(2);
  });

  test("are found step by step, however many there are", async () => {
    await ctx.db.$executeRaw`
      INSERT INTO event (id, type, source, time, data, recorded_at, published_at)
      SELECT 'evt_' || n, 'user.signed_up', 'web', now(), '{"email":"ada@lovelace.dev"}', now(), now() - n * interval '1 second'
      FROM generate_series(1, 12000) n`;
    const selection = { source: "backfill", integration } as const;
    expect(await previewReplay(ctx, { selection })).toMatchObject({ total: 12_000, seconds: 600, perSecond: 20 });
    const { id } = await startReplay(ctx, { selection, perSecond: 1 });
    await advance();
    expect(await getReplay(ctx, { id })).toMatchObject({ isSelected: true, figures: { total: 12_000 } });
    const cancelled = await cancelReplay(ctx, { id });
    expect(cancelled.figures.cancelled + cancelled.figures.sent).toBe(12_000);
  });
});
