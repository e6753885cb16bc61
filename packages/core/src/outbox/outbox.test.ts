import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { beforeAll, describe, expect, test } from "vitest";
import type { Ctx } from "../kernel/index.ts";
import { createFanOut } from "../platform/fan-out/index.ts";
import { createTestCtx, type TestCtx } from "../testing/index.ts";
import { measureOutbox, publishPending, record, recordMany } from "./index.ts";

const person = { userId: "usr_1", email: "ada@lovelace.dev", name: "Ada", marketingConsent: false };

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

  test("recorded events are published once, as CloudEvents, to the queues whose rules want them", async () => {
    const { id } = await record(ctx.db, { type: "user.signed_up", data: person });
    await record(ctx.db, { type: "user.logged_in", data: { ...person, method: "password" } });
    expect(await measureOutbox(ctx)).toMatchObject({ depth: 2 });
    expect(await publishPending(ctx)).toEqual({ published: 2, failed: 0, setAside: 0 });
    expect(await publishPending(ctx)).toEqual({ published: 0, failed: 0, setAside: 0 });
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

  test("an event goes on with its request's trace, and begins one where there is none or nonsense", async () => {
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

  test("many relays at once publish each event exactly once", async () => {
    await recordMany(
      ctx.db,
      Array.from({ length: 450 }, () => ({ type: "user.signed_up" as const, data: person })),
    );
    // Different contexts are different processes: only calls of one process share a run.
    const relays = Array.from({ length: 4 }, () => ({ ...ctx, db: ctx.db.$extends({}) as typeof ctx.db }));
    const results = await Promise.all(relays.map((relay) => publishPending(relay)));
    expect(results.reduce((sum, { published }) => sum + published, 0)).toBe(450);
    expect(await receiveAll(ctx, ctx.messaging.queues.mailchimp.url)).toHaveLength(450);
  });

  test("an event that comes during a run, with an id before those that it has gone through, is published by it, too", async () => {
    const signUps = (count: number) =>
      Array.from({ length: count }, () => ({ type: "user.signed_up" as const, data: person }));
    await recordMany(ctx.db, signUps(450));
    const late = "evt_00000000000000000000000000";
    let calls = 0;
    const publish: typeof ctx.messaging.fanOut.publish = async (batch) => {
      calls += 1;
      // The first transaction takes forty batches: this comes in the second.
      if (calls === 41) {
        const [{ id } = { id: "" }] = await recordMany(ctx.db, signUps(1));
        await ctx.db.event.update({ where: { id }, data: { id: late } });
      }
      return ctx.messaging.fanOut.publish(batch);
    };
    const run = { ...ctx, messaging: { ...ctx.messaging, fanOut: { ...ctx.messaging.fanOut, publish } } };
    expect(await publishPending(run)).toEqual({ published: 451, failed: 0, setAside: 0 });
    expect((await ctx.db.event.findUniqueOrThrow({ where: { id: late } })).publishedAt).not.toBeNull();
    for (const { url } of Object.values(ctx.messaging.queues)) await receiveAll(ctx, url);
  });

  test("an event that is too large is set aside with the reason, and the others are published", async () => {
    const { id } = await record(ctx.db, { type: "user.signed_up", data: person });
    await ctx.db.event.update({ where: { id }, data: { data: { ...person, blob: "x".repeat(300_000) } } });
    await record(ctx.db, { type: "user.signed_up", data: person });
    const errors: object[] = [];
    const watched = { ...ctx, log: { ...ctx.log, error: (fields: object) => errors.push(fields) } };
    expect(await publishPending(watched)).toEqual({ published: 1, failed: 0, setAside: 1 });
    expect(errors).toEqual([{ setAside: 1 }]);
    const row = await ctx.db.event.findUniqueOrThrow({ where: { id } });
    expect(row.setAsideAt).not.toBeNull();
    expect(row.publishError).toMatch(/300\d+ bytes; the limit is 262144/);
    expect(await measureOutbox(ctx)).toMatchObject({ depth: 0 });
  });

  test("while SNS does not know the topic, events wait with the error, SNS is left alone for a while, and then they are published", async () => {
    const { id } = await record(ctx.db, { type: "user.signed_up", data: person });
    const fanOut = createFanOut(`${ctx.messaging.topicArn}-gone`, ctx.messaging);
    const away = { ...ctx, messaging: { ...ctx.messaging, fanOut } };
    expect(await publishPending(away)).toMatchObject({ published: 0, failed: 1 });
    expect(await ctx.db.event.findUniqueOrThrow({ where: { id } })).toMatchObject({
      publishedAt: null,
      setAsideAt: null,
      publishAttempts: 1,
      publishError: expect.stringMatching(/topic/i),
    });
    expect(await publishPending(ctx)).toEqual({ published: 0, failed: 0, setAside: 0 });
    const later = { ...ctx, now: () => new Date(Date.now() + 31_000) };
    expect(await publishPending(later)).toMatchObject({ published: 1 });
    expect(await ctx.db.event.findUniqueOrThrow({ where: { id } })).toMatchObject({ publishError: null });
  });
});
