import { afterAll, beforeAll, expect, test } from "vitest";
import type { Ctx } from "../kernel/index.ts";
import { createTestCtx } from "../testing/index.ts";
import { inspectSystem } from "./index.ts";

let ctx: Ctx;

beforeAll(async () => {
  ctx = await createTestCtx();
});

afterAll(() => ctx.db.$disconnect());

test("a system that is well says so of each part, and what it is made of", async () => {
  const now = ctx.now();
  const run = { durationMs: 20, isOk: true, result: { published: 1 } };
  await ctx.db.scheduleRun.createMany({
    data: [
      { ...run, name: "relay", startedAt: now },
      { ...run, name: "reconcile", startedAt: new Date(now.getTime() - 600_000) },
    ],
  });
  const system = await inspectSystem(ctx, { EVENTFORK_RETENTION_DAYS: "30", EVENTFORK_MAIL_FROM: "hello@example.com" });
  expect(system).toMatchObject({
    database: { isOk: true, error: null, version: expect.stringMatching(/^\d/) },
    broker: { isOk: true, fanOut: "SNS topic", queues: { slack: { waiting: 0 } } },
    versions: { eventfork: expect.stringMatching(/^\d+\.\d+\.\d+/), node: process.versions.node },
    settings: { eventDays: 30, auditDays: 365, canSendMail: true, emailVerification: "required" },
  });
  expect(system.schedules.map(({ name, isLate }) => [name, isLate])).toEqual([
    ["reconcile", true],
    ["relay", false],
  ]);
  expect(system.migrations.at(-1)).toMatchObject({ name: "20261123000000_initial" });
});

test("a broker that does not answer is said, and the rest is told all the same", async () => {
  const queues = Object.fromEntries(
    Object.entries(ctx.messaging.queues).map(([name, queue]) => [name, { ...queue, url: `${queue.url}-gone` }]),
  ) as Ctx["messaging"]["queues"];
  const system = await inspectSystem({ ...ctx, messaging: { ...ctx.messaging, queues } }, {});
  expect(system).toMatchObject({
    broker: { isOk: false, error: expect.stringContaining("SQS") },
    database: { isOk: true },
  });
});
