import { createTestCtx } from "@eventfork/testing";
import { expect, test } from "vitest";
import { readFigures, readIntegrationFigures } from "./index.ts";
import { hourMs } from "./presets.ts";

test("a range of days is read in two parts: new counts show immediately, late ones of an old hour within a minute", async () => {
  let time = new Date("2026-11-25T10:20:00.000Z");
  const ctx = { ...(await createTestCtx()), now: () => time };
  const count = async (hoursAgo: number, bucket = 20) => {
    const at = new Date(Math.floor(time.getTime() / hourMs - hoursAgo) * hourMs);
    for (const [step, when] of [
      ["hour", at],
      ["minute", new Date(at.getTime() + 5 * 60_000)],
    ] as const) {
      await ctx.db.deliveryRollup.create({
        data: { step, at: when, integration: "slack", outcome: "delivered", bucket, count: 1 },
      });
      const key = { step, at: when, type: "user.signed_up" };
      await ctx.db.eventRollup.upsert({
        where: { step_at_type: key },
        create: { ...key, count: 1 },
        update: { count: { increment: 1 } },
      });
    }
  };
  const read = async () => {
    const { integrations, events } = await readFigures(ctx, { range: "30d", timeZone: "Europe/Berlin" });
    expect(events.accepted).toBe(integrations.slack.delivered);
    const { figures, latency } = await readIntegrationFigures(ctx, { range: "30d", integration: "slack" });
    expect(figures.delivered).toBe(integrations.slack.delivered);
    expect(latency).toHaveLength(figures.points.length);
    return integrations.slack.delivered;
  };
  await Promise.all([count(0), count(1), count(2), count(3), count(100)]);
  expect(await read()).toBe(5);
  const { integrations, events } = await readFigures(ctx, { range: "30d" });
  expect(integrations.slack.points.map(({ delivered }) => delivered)).toEqual([1, 4]);
  expect(events.points.map(({ accepted }) => accepted)).toEqual([1, 4]);

  await count(0, 21);
  await count(100, 21);
  expect(await read()).toBe(6);
  time = new Date(time.getTime() + 60_000);
  expect(await read()).toBe(7);
});
