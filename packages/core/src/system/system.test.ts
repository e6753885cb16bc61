import { createTestCtx, createTestDatabase } from "@eventfork/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDb } from "../platform/db/index.ts";
import { type Ctx, isolate } from "../platform/index.ts";
import { isolateRows } from "../platform/isolate.ts";
import { createScheduled } from "../platform/schedules/index.ts";
import { inspectSystem } from "./index.ts";

let ctx: Ctx;

beforeAll(async () => {
  ctx = await createTestCtx();
});

afterAll(() => ctx.db.$disconnect());

test("a healthy system reports every part as OK, with its components", async () => {
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

test("a job that skipped a row and a step records both, runs its other steps, and shows them for a day", async () => {
  process.env["DATABASE_URL"] = await createTestDatabase();
  const db = createDb({ connections: 1 });
  let isPoisoned = true;
  const job = createScheduled(
    "relay",
    () => ctx.messaging,
    async (run) => ({
      first: await isolate(run, "first", async () => {
        if (isPoisoned) throw new Error("of ada@lovelace.dev");
        return "done";
      }),
      second: await isolateRows(run, "second", ["evt_1", "evt_2"], async (ids) => {
        if (isPoisoned && ids.includes("evt_1")) throw new Error("poison");
      }),
    }),
  );
  await expect(job()).rejects.toThrow("Steps of relay failed. first: of");
  isPoisoned = false;
  await job();
  const { schedules } = await inspectSystem({ ...ctx, db });
  expect(schedules).toMatchObject([
    {
      isOk: true,
      passedOver: [
        { step: "first", id: null, error: "of …" },
        { step: "second", id: "evt_1", error: "poison" },
      ],
    },
  ]);
  await db.$disconnect();
});

test("a broker that does not answer is reported, with the rest", async () => {
  const queues = Object.fromEntries(
    Object.entries(ctx.messaging.queues).map(([name, queue]) => [name, { ...queue, url: `${queue.url}-gone` }]),
  ) as Ctx["messaging"]["queues"];
  const system = await inspectSystem({ ...ctx, messaging: { ...ctx.messaging, queues } }, {});
  expect(system).toMatchObject({
    broker: { isOk: false, error: expect.stringContaining("SQS") },
    database: { isOk: true },
  });
});
