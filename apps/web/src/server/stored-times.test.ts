import { archive } from "@eventfork/core/dead-letters";
import * as Outbox from "@eventfork/core/outbox";
import { type Ctx, noMetrics, type PassedOver } from "@eventfork/core/platform";
import { reconcile } from "@eventfork/core/reconciliation";
import { getReplay, runReplayJob, startReplay } from "@eventfork/core/replays";
import { applyRetention } from "@eventfork/core/retention";
import { seedRules, watchRules } from "@eventfork/core/rules";
import { indexEvents } from "@eventfork/core/search";
import type { Person } from "@eventfork/core/users";
import { createTestCtx, deadLetterRecord } from "@eventfork/testing";
import { callTRPCProcedure, TRPCError } from "@trpc/server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { z } from "zod";
import { answerExport, openDeadLettersExport, openDeliveriesExport } from "./http/exports.ts";
import { appRouter } from "./routers/index.ts";
import { inputExamplesOf } from "./testing/hostile.ts";

/** Times that Postgres stores and that JavaScript, ISO 8601 or the API refuses. */
const storedTimes = {
  evt_far: "10000-01-01 11:59:59.999+00",
  evt_last: "294276-12-31 00:00:00+00",
  evt_never: "infinity",
  evt_ides: "0044-03-15 00:00:00+00 BC",
  evt_first: "-infinity",
};
const ids = Object.keys(storedTimes);
const adminRow = { id: "usr_1", name: "Ada", email: "ada@lovelace.dev", role: "admin" as const };
const person: Person = { ...adminRow, marketingConsent: false, createdAt: new Date() };

let ctx: Ctx & { passedOver: PassedOver[] };

beforeAll(async () => {
  ctx = { ...(await createTestCtx()), passedOver: [] };
  const { db } = ctx;
  await db.user.create({ data: adminRow });
  await seedRules(ctx);
  await db.ruleVersion.updateMany({ data: { acceptedAt: new Date(0) } });
  const data = JSON.stringify({ userId: "usr_1", email: adminRow.email, name: "Ada", marketingConsent: true });
  const [at, hourAgo] = [new Date(), new Date(Date.now() - 3_600_000)];
  for (const [id, time] of Object.entries(storedTimes)) {
    for (const [event, published] of [
      [id, hourAgo],
      [`${id}_new`, null],
    ] as const) {
      await db.$executeRaw`
        INSERT INTO event (id, type, source, subject, time, data, recorded_at, published_at)
        VALUES (${event}, 'user.signed_up', 'shop', 'usr_1', ${time}::text::timestamptz, ${data}::jsonb, ${hourAgo}, ${published})`;
    }
    const row = { eventId: id, eventType: "user.signed_up", status: "dead" };
    await db.delivery.create({
      data: { ...row, integration: "mailchimp", firstAttemptAt: at, lastAttemptAt: at, updatedAt: at },
    });
  }
  await archive(
    { ...ctx, integration: "mailchimp" },
    ids.map((id) => deadLetterRecord({ id })),
  );
  await db.$executeRaw`
    UPDATE dead_letter SET body = replace(body, '2026-11-23T10:00:00.000Z', '9999-12-31T23:59:59.999-12:00')`;
});

afterAll(() => ctx.db.$disconnect());

test("jobs handle such times: each event is published, found missing, indexed and backfilled", async () => {
  expect(await Outbox.publishPending(ctx)).toMatchObject({ published: ids.length, failed: 0, quarantined: 0 });
  expect(await indexEvents(ctx, { workMs: 5_000 })).toMatchObject({ indexed: 2 * ids.length });
  await watchRules(ctx);
  await reconcile({ ...ctx, metrics: noMetrics });
  expect(await ctx.db.overdue.count({ where: { eventId: { in: ids }, integration: "slack" } })).toBe(ids.length);
  await applyRetention(ctx, { eventDays: 30, auditDays: 30 });
  const selection = { source: "backfill", integration: "slack" } as const;
  const { id } = await startReplay(ctx, { selection, perSecond: 500 });
  await runReplayJob(ctx, { workMs: 2_000 });
  expect((await getReplay(ctx, { id })).figures).toMatchObject({ total: 2 * ids.length, failed: 0 });
  expect(ctx.passedOver).toEqual([]);
});

type Procedure = { path: string; type: "query" | "mutation" | "subscription"; schema: z.core.$ZodType | undefined };

const procedures: Procedure[] = Object.entries<object>(appRouter._def.procedures).map(([path, procedure]) => {
  const { type, inputs } = (procedure as { _def: { type: Procedure["type"]; inputs: z.core.$ZodType[] } })._def;
  return { path, type, schema: inputs[0] };
});

const questions = ["replays.preview", "rules.dryRun", "rules.testEvent"];
const asking = procedures.filter(({ path, type }) => type !== "mutation" || questions.includes(path));

const finding: Readonly<Record<string, (eventId: string) => Promise<unknown>>> = {
  "events.list": async () => ({}),
  "events.story": async (eventId) => ({ eventId }),
  "events.follow": async () => ({ after: null }),
  "deliveries.list": async () => ({}),
  "deliveries.get": async (eventId) => ({ eventId, integration: "mailchimp" }),
  "deadLetters.list": async () => ({}),
  "deadLetters.get": async (eventId) => ({ id: (await ctx.db.deadLetter.findFirstOrThrow({ where: { eventId } })).id }),
  "people.get": async () => ({ userId: "usr_1" }),
  "people.events": async () => ({ userId: "usr_1" }),
  "replays.preview": async () => ({ selection: { source: "backfill", integration: "slack" } }),
  "rules.dryRun": async () => ({ integration: "slack", policyText: '{"type":["user.logged_in"]}' }),
  "rules.testEvent": async (eventId) => ({ integration: "slack", policyText: "{}", event: { id: eventId } }),
};

async function ask({ path, type }: Procedure, input: unknown): Promise<unknown> {
  await ctx.db.turn.deleteMany();
  const own = { router: appRouter, path, type, ctx: { ...ctx, person }, signal: undefined, batchIndex: 0 };
  const answer = await callTRPCProcedure({ ...own, getRawInput: async () => input });
  if (typeof answer !== "object" || answer === null || !(Symbol.asyncIterator in answer)) return answer;
  const parts: unknown[] = [];
  for await (const part of answer as AsyncIterable<unknown>) parts.push(part);
  return parts;
}

const isInvalid = (value: unknown): boolean =>
  value instanceof Date
    ? Number.isNaN(value.getTime())
    : typeof value === "object" && value !== null && Object.values(value).some(isInvalid);

describe.each(asking)("$path", (procedure) => {
  test("responds with such events", async () => {
    const find = finding[procedure.path];
    const inputs = find
      ? await Promise.all(ids.map(find))
      : procedure.schema
        ? inputExamplesOf(procedure.schema)
        : [undefined];
    for (const input of inputs) {
      const answer = await ask(procedure, input).catch((thrown) => {
        if (find || !(thrown instanceof TRPCError) || thrown.code === "INTERNAL_SERVER_ERROR") throw thrown;
        return null;
      });
      expect(isInvalid(answer)).toBe(false);
      if (find)
        expect(JSON.stringify(answer)).toMatch(
          /evt_(?:far|last|never|ides|first)|"total":|"id":"usr_1"|"isWanted"|current/,
        );
    }
  });
});

test("each procedure that reads events exists", () => {
  const paths = asking.map(({ path }) => path);
  expect(Object.keys(finding).filter((path) => !paths.includes(path))).toEqual([]);
});

test.each([
  ["dead letters", openDeadLettersExport],
  ["deliveries", openDeliveriesExport],
])("the export of %s has a line for each", async (_, open) => {
  const baseURL = "http://localhost:3000";
  const response = await answerExport(
    { ...ctx, person, baseURL },
    new Request(`${baseURL}/export?integration=mailchimp`),
    open,
  );
  const text = await response.text();
  for (const id of ids) expect(text).toContain(id);
});
