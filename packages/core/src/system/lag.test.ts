import { createTestCtx } from "@eventfork/testing";
import { beforeEach, expect, test } from "vitest";
import * as Outbox from "../outbox/index.ts";
import { type Ctx, type Figure, type Metrics, noMetrics } from "../platform/index.ts";
import { reconcile } from "../reconciliation/index.ts";
import { applyRetention } from "../retention/index.ts";
import { seedRules } from "../rules/index.ts";
import { indexEvents } from "../search/index.ts";
import { graceSeconds, lagLimitSeconds } from "../topology/index.ts";
import { inspectSystem, measureLag, reportLag } from "./index.ts";

const keep = { eventDays: 1, auditDays: null };
const dayMs = 86_400_000;

let ctx: Ctx & { metrics: Metrics };
let figures: Figure[];

beforeEach(async () => {
  figures = [];
  ctx = { ...(await createTestCtx()), metrics: { publish: (more) => void figures.push(...more) } };
  await seedRules(ctx);
});

async function recordEvents(ago: { recordedMs: number; publishedMs: number | null }): Promise<void> {
  const at = (ms: number) => new Date(ctx.now().getTime() - ms);
  const publishedAt = ago.publishedMs === null ? null : at(ago.publishedMs);
  const row = { type: "user.left", source: "web", time: at(ago.recordedMs), recordedAt: at(ago.recordedMs), data: {} };
  await ctx.db.event.createMany({ data: ["evt_1", "evt_2"].map((id) => ({ ...row, id, publishedAt })) });
}

const none = { events: 0, seconds: 0 };
const lagOf = async () => Object.fromEntries((await measureLag(ctx, keep)).map(({ job, ...lag }) => [job, lag]));

test("without events, no job is behind", async () => {
  expect(await lagOf()).toEqual({ relay: none, reconcile: none, search: none, retention: none });
});

test("an event in the outbox is the relay's lag and search's, until each has run", async () => {
  await recordEvents({ recordedMs: 90_000, publishedMs: null });
  const waiting = { events: 2, seconds: expect.closeTo(90, -1) };
  expect(await lagOf()).toEqual({ relay: waiting, reconcile: none, search: waiting, retention: none });
  await Outbox.publishPending(ctx);
  await indexEvents(ctx, { workMs: 1_000 });
  expect(await lagOf()).toEqual({ relay: none, reconcile: none, search: none, retention: none });
});

test("an event is reconcile's lag from the end of its grace on, and retention's from its last day on", async () => {
  const publishedMs = graceSeconds * 1_000 + 40_000;
  await recordEvents({ recordedMs: dayMs + 70_000, publishedMs });
  await indexEvents(ctx, { workMs: 1_000 });
  const behind = { reconcile: { events: 2, seconds: expect.closeTo(40, -1) }, search: none, relay: none };
  expect(await lagOf()).toEqual({ ...behind, retention: { events: 2, seconds: expect.closeTo(70, -1) } });
  await reconcile({ ...ctx, metrics: noMetrics });
  expect(await lagOf()).toMatchObject({ reconcile: none });
  await applyRetention(ctx, keep);
  expect(await lagOf()).toEqual({ relay: none, reconcile: none, search: none, retention: none });
});

test("the longest lag is a metric, and the system page marks a job that is behind", async () => {
  await recordEvents({ recordedMs: (lagLimitSeconds + 60) * 1_000, publishedMs: null });
  expect(await reportLag(ctx)).toMatchObject({ reconcile: 0, retention: 0 });
  expect(figures).toEqual([{ name: "JobLag", unit: "Seconds", value: expect.closeTo(lagLimitSeconds + 60, -1) }]);
  const { lags } = await inspectSystem(ctx, {});
  expect(lags.map(({ job, isBehind }) => [job, isBehind])).toEqual([
    ["relay", true],
    ["reconcile", false],
    ["search", true],
    ["retention", false],
  ]);
});
