import { setTimeout as sleep } from "node:timers/promises";
import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { createTestCtx, type TestCtx } from "@eventfork/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { createFanOut } from "../platform/fan-out/index.ts";
import type { Ctx } from "../platform/index.ts";
import { measureOutbox, type NewEvent, publishDirect, publishPending, record, recordMany } from "./index.ts";

const person = { userId: "usr_1", email: "ada@lovelace.dev", name: "Ada", marketingConsent: false };

type Publish = Ctx["messaging"]["fanOut"]["publish"];

function withFanOut<C extends Pick<Ctx, "messaging">>(ctx: C, publish: Publish): C {
  return { ...ctx, messaging: { ...ctx.messaging, fanOut: { ...ctx.messaging.fanOut, publish } } };
}

function nest(levels: number): object {
  let value = {};
  for (let level = 1; level < levels; level += 1) value = { deep: value };
  return value;
}

async function receiveAll(ctx: Ctx, url: string): Promise<unknown[]> {
  const bodies: unknown[] = [];
  for (;;) {
    const command = new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 });
    const { Messages = [] } = await ctx.messaging.sqs.send(command);
    if (Messages.length === 0) return bodies;
    bodies.push(...Messages.map(({ Body = "" }) => JSON.parse(Body)));
  }
}

describe("the outbox", () => {
  let ctx: TestCtx;
  beforeAll(async () => {
    ctx = await createTestCtx();
  });

  test("an event whose transaction is rolled back does not exist", async () => {
    const attempt = ctx.db.$transaction(async (tx) => {
      await record(tx, { type: "user.signed_up", data: person });
      throw new Error("roll back");
    });
    await expect(attempt).rejects.toThrow("roll back");
    expect(await ctx.db.event.count()).toBe(0);
  });

  test("data that does not fit the catalog is refused with its path, and nothing is written", async () => {
    const data = { ...person, email: "nobody" };
    await expect(record(ctx.db, { type: "user.signed_up", data })).rejects.toThrow(/data\.email/);
    expect(await ctx.db.event.count()).toBe(0);
  });

  test("recorded events are published once, as CloudEvents, to the queues whose rules match", async () => {
    const { id } = await record(ctx.db, { type: "user.signed_up", data: person });
    await record(ctx.db, { type: "user.logged_in", data: { ...person, method: "password" } });
    expect(await measureOutbox(ctx)).toMatchObject({ depth: 2 });
    expect(await publishPending(ctx)).toEqual({ published: 2, failed: 0, quarantined: 0 });
    expect(await publishPending(ctx)).toEqual({ published: 0, failed: 0, quarantined: 0 });
    expect(await measureOutbox(ctx)).toEqual({ depth: 0, oldestSeconds: 0 });
    const { analytics, slack } = ctx.messaging.queues;
    expect(await receiveAll(ctx, analytics.url)).toHaveLength(2);
    expect(await receiveAll(ctx, slack.url)).toEqual([
      expect.objectContaining({
        specversion: "1.0",
        id,
        type: "user.signed_up",
        source: "web",
        subject: "usr_1",
        data: person,
      }),
    ]);
  });

  test("an event continues its request's trace, and begins one without a valid trace", async () => {
    const traceOf = async (traceparent?: string) => {
      const { id } = await record(ctx.db, { type: "user.signed_up", data: person, traceparent });
      return (await ctx.db.event.findUniqueOrThrow({ where: { id } })).traceparent;
    };
    const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
    expect(await traceOf(`00-${traceId}-00f067aa0ba902b7-01`)).toMatch(
      new RegExp(`^00-${traceId}-(?!00f067aa)[0-9a-f]{16}-01$`),
    );
    for (const nonsense of [undefined, "hello", `00-${"0".repeat(32)}-00f067aa0ba902b7-01`]) {
      expect(await traceOf(nonsense)).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    }
    await publishPending(ctx);
    for (const { url } of Object.values(ctx.messaging.queues)) await receiveAll(ctx, url);
  });

  test("concurrent relays publish each event exactly once", async () => {
    await recordMany(
      ctx.db,
      Array.from({ length: 450 }, () => ({ type: "user.signed_up" as const, data: person })),
    );
    const relays = Array.from({ length: 4 }, () => ({ ...ctx, db: ctx.db.$extends({}) as typeof ctx.db }));
    const results = await Promise.all(relays.map((relay) => publishPending(relay)));
    expect(results.reduce((sum, { published }) => sum + published, 0)).toBe(450);
    expect(await receiveAll(ctx, ctx.messaging.queues.mailchimp.url)).toHaveLength(450);
  });

  test("an event that is recorded during a run with an earlier id is published by that run", async () => {
    const signUps = (count: number) =>
      Array.from({ length: count }, () => ({ type: "user.signed_up" as const, data: person }));
    await recordMany(ctx.db, signUps(450));
    const late = "evt_00000000000000000000000000";
    let calls = 0;
    const publish: typeof ctx.messaging.fanOut.publish = async (batch) => {
      calls += 1;
      if (calls === 41) {
        const [{ id } = { id: "" }] = await recordMany(ctx.db, signUps(1));
        await ctx.db.event.update({ where: { id }, data: { id: late } });
      }
      return ctx.messaging.fanOut.publish(batch);
    };
    const run = { ...ctx, messaging: { ...ctx.messaging, fanOut: { ...ctx.messaging.fanOut, publish } } };
    expect(await publishPending(run)).toEqual({ published: 451, failed: 0, quarantined: 0 });
    expect((await ctx.db.event.findUniqueOrThrow({ where: { id: late } })).publishedAt).not.toBeNull();
    for (const { url } of Object.values(ctx.messaging.queues)) await receiveAll(ctx, url);
  });

  test("an event that is too large is quarantined with the reason, and the others are published", async () => {
    const { id } = await record(ctx.db, { type: "user.signed_up", data: person });
    await ctx.db.event.update({ where: { id }, data: { data: { ...person, blob: "x".repeat(300_000) } } });
    await record(ctx.db, { type: "user.signed_up", data: person });
    const errors: object[] = [];
    const watched = { ...ctx, log: { ...ctx.log, error: (fields: object) => errors.push(fields) } };
    expect(await publishPending(watched)).toEqual({ published: 1, failed: 0, quarantined: 1 });
    expect(errors).toEqual([{ quarantined: 1, setAside: 1 }]);
    const row = await ctx.db.event.findUniqueOrThrow({ where: { id } });
    expect(row.quarantinedAt).not.toBeNull();
    expect(row.publishError).toMatch(/300\d+ bytes; the limit is 262144/);
    expect(await measureOutbox(ctx)).toMatchObject({ depth: 0 });
  });

  test("while SNS does not know the topic, events keep the error and the relay backs off; then they are published", async () => {
    const { id } = await record(ctx.db, { type: "user.signed_up", data: person });
    const fanOut = createFanOut(`${ctx.messaging.topicArn}-gone`, ctx.messaging);
    const away = { ...ctx, messaging: { ...ctx.messaging, fanOut } };
    expect(await publishPending(away)).toMatchObject({ published: 0, failed: 1 });
    expect(await ctx.db.event.findUniqueOrThrow({ where: { id } })).toMatchObject({
      publishedAt: null,
      quarantinedAt: null,
      publishAttempts: 1,
      publishError: expect.stringMatching(/topic/i),
    });
    expect(await publishPending(ctx)).toEqual({ published: 0, failed: 0, quarantined: 0 });
    const later = { ...ctx, now: () => new Date(Date.now() + 31_000) };
    expect(await publishPending(later)).toMatchObject({ published: 1 });
    expect(await ctx.db.event.findUniqueOrThrow({ where: { id } })).toMatchObject({ publishError: null });
  });

  test.each<[string, Partial<NewEvent>, string]>([
    ["NUL in the data", { data: { ...person, name: "A\u0000" } }, "data.name"],
    ["half of a surrogate pair", { data: { ...person, name: "A\ud83d" } }, "data.name"],
    ["more than 100 levels in the data", { data: { ...person, extra: nest(20_000) } }, "data.extra.deep.deep"],
    ["a number beyond 2^53", { data: { ...person, orderId: 2 ** 53 } }, "data.orderId"],
    ["a userId of 201 characters", { data: { ...person, userId: "x".repeat(201) } }, "data.userId"],
    ["a subject with a line break", { subject: "a\nb" }, "subject"],
    ["a source with a control character", { source: "a\u0007" }, "source"],
    ["the year 0", { time: new Date("0000-06-01T00:00:00Z") }, "time"],
    ["the year 10,000", { time: new Date("+010000-01-01T00:00:00Z") }, "time"],
    ["a time that is none", { time: new Date(Number.NaN) }, "time"],
    ["more bytes than SNS takes", { type: "user.logged_in", data: { ...person, method: "é".repeat(140_000) } }, "data"],
  ])(
    "an event with %s is refused with its path, by the outbox and past it, and nothing is written",
    async (_, more, path) => {
      const before = await ctx.db.event.count();
      const event: NewEvent = { type: "user.signed_up", data: person, ...more };
      const refusal = { code: "INVALID", problems: [expect.objectContaining({ path })] };
      await expect(recordMany(ctx.db, [{ type: "user.signed_up", data: person }, event])).rejects.toMatchObject(
        refusal,
      );
      await expect(publishDirect(ctx, event)).rejects.toMatchObject(refusal);
      expect(await ctx.db.event.count()).toBe(before);
    },
  );

  test.each([
    ["200,000 bytes of emoji", "😀".repeat(50_000)],
    ["characters that SNS and SQS refuse", "A\uffff\ufffe\u0007\u{1ffff}"],
  ])("an event with %s is published as it is", async (_, method) => {
    for (const { url } of Object.values(ctx.messaging.queues)) await receiveAll(ctx, url);
    await record(ctx.db, { type: "user.logged_in", data: { ...person, method } });
    expect(await publishPending(ctx)).toEqual({ published: 1, failed: 0, quarantined: 0 });
    const { url } = ctx.messaging.queues.analytics;
    expect(await receiveAll(ctx, url)).toMatchObject([{ data: { method } }]);
  });

  test("a bounded run leaves the rest to the next one and aborts a hanging call", async () => {
    const events = Array.from({ length: 120 }, () => ({ type: "user.signed_up", data: person }) satisfies NewEvent);
    await ctx.db.$transaction((tx) => recordMany(tx, events));
    const slow = withFanOut(ctx, async (batch, signal) => {
      await sleep(150, undefined, { signal });
      return batch.map(({ id }) => ({ id, error: null, isFinal: false }));
    });
    const first = await publishPending(slow, { withinMs: 400 });
    expect(first).toMatchObject({ failed: 0, quarantined: 0 });
    expect(first.published).toBeGreaterThanOrEqual(40);
    expect(first.published).toBeLessThanOrEqual(80);
    const hanging = withFanOut(ctx, (_, signal) => sleep(60_000, [], { signal }));
    const startedAt = performance.now();
    const second = await publishPending({ ...hanging, db: ctx.db }, { withinMs: 400 });
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect(second).toEqual({ published: 0, failed: 120 - first.published, quarantined: 0 });
    const later = { ...ctx, now: () => new Date(Date.now() + 60_000) };
    expect(await publishPending(later)).toEqual({ published: 120 - first.published, failed: 0, quarantined: 0 });
  });

  test("a call that SNS refuses for its content is split: one event is quarantined, and the others are published", async () => {
    const events = await recordMany(
      ctx.db,
      Array.from({ length: 12 }, () => ({ type: "user.signed_up" as const, data: person })),
    );
    const poison = events[3]?.id ?? "";
    const { fanOut } = ctx.messaging;
    const publish: typeof fanOut.publish = async (batch) => {
      if (!batch.some(({ id }) => id === poison)) return fanOut.publish(batch);
      throw Object.assign(new Error("Invalid parameter: Message"), { name: "InvalidParameterException" });
    };
    const refusing = { ...ctx, messaging: { ...ctx.messaging, fanOut: { ...fanOut, publish } } };
    expect(await publishPending(refusing)).toEqual({ published: 11, failed: 0, quarantined: 1 });
    expect(await ctx.db.event.findUniqueOrThrow({ where: { id: poison } })).toMatchObject({
      quarantinedAt: expect.any(Date),
      publishError: "Invalid parameter: Message",
    });
  });

  test("a topic with a wrong name quarantines nothing", async () => {
    const { id } = await record(ctx.db, { type: "user.signed_up", data: person });
    const publish = async () => {
      throw Object.assign(new Error("Invalid parameter: TopicArn"), { name: "InvalidParameterException" });
    };
    const lost = { ...ctx, messaging: { ...ctx.messaging, fanOut: { ...ctx.messaging.fanOut, publish } } };
    expect(await publishPending(lost)).toEqual({ published: 0, failed: 1, quarantined: 0 });
    expect((await ctx.db.event.findUniqueOrThrow({ where: { id } })).quarantinedAt).toBeNull();
  });
});
