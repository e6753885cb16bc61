import { GetQueueAttributesCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { waitFor } from "@eventfork/local/supervisor";
import { createTestCtx, narrowToOwn } from "@eventfork/testing";
import { startMapping, toRecord } from "@eventfork/worker/mappings";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import * as DeadLetters from "../../dead-letters/index.ts";
import { type Envelope, serialiseEnvelope } from "../../events/index.ts";
import * as History from "../../history/index.ts";
import { listPaused, resumeIntegration } from "../../integrations/index.ts";
import * as Outbox from "../../outbox/index.ts";
import { createDb } from "../../platform/db/index.ts";
import {
  CredentialsError,
  type Ctx,
  type Figure,
  newId,
  RateLimitedError,
  RejectedError,
  RetryableError,
  silentLogger,
} from "../../platform/index.ts";
import { type DeliverOptions, delivered, failed, type Outcome } from "../../providers/index.ts";
import * as Replays from "../../replays/index.ts";
import { integrations } from "../../topology/index.ts";
import { deadlineExceeded } from "../classify-outcome.ts";
import { type ConsumeCtx, completeAttempts, consume, listDeliveries } from "../index.ts";
import { claim } from "../leases.ts";

const slack = {
  ...integrations.slack,
  batch: { size: 10, windowSeconds: 0 },
  retry: { ...integrations.slack.retry, attempts: 3 },
};
const data = { userId: "usr_1", email: "ada@lovelace.dev", name: "Ada", marketingConsent: false };

type Answer = (event: Envelope) => Outcome;

function createThirdParty() {
  const calls: string[][] = [];
  const party = {
    answer: (() => delivered("ok")) as Answer,
    calls,
    received: () => calls.flat(),
    connection: {
      async deliver(events: readonly Envelope[], _options: DeliverOptions): Promise<Outcome[]> {
        calls.push(events.map(({ id }) => id));
        return events.map((event) => party.answer(event));
      },
    },
  };
  return party;
}

function newBody(event: Partial<Envelope> = {}): { id: string; body: string } {
  const id = newId("event");
  const row = { id, type: "user.signed_up", source: "test", time: new Date(), subject: null, traceparent: null, data };
  return { id, body: serialiseEnvelope({ ...row, ...event } as Parameters<typeof serialiseEnvelope>[0]) };
}

describe("a consumer", () => {
  let ctx: Ctx;
  let party: ReturnType<typeof createThirdParty>;
  let stops: (() => Promise<void>)[];
  let published: Figure[];
  let errors: object[];

  beforeEach(async () => {
    ctx = await createTestCtx();
    party = createThirdParty();
    stops = [];
    published = [];
    errors = [];
  });
  afterEach(async () => {
    await Promise.all(stops.map((stop) => stop()));
  });

  const consumeCtx = (): ConsumeCtx => ({
    ...ctx,
    messaging: narrowToOwn(ctx.messaging, "slack"),
    integration: "slack",
    topology: slack,
    connection: party.connection,
    log: { ...silentLogger, error: (fields, message) => errors.push({ ...fields, message }) },
    metrics: { publish: (figures) => published.push(...figures) },
    retryScale: 0.001,
    random: Math.random,
  });

  function start() {
    const { url, deadLetterUrl } = ctx.messaging.queues.slack;
    const base = { sqs: ctx.messaging.sqs, maximumConcurrency: 1, timeoutSeconds: 10, log: silentLogger };
    const consumer = startMapping({
      ...base,
      queueUrl: url,
      batchSize: 10,
      windowMs: 0,
      intervalMs: 0,
      handler: (event) => consume(consumeCtx(), event.Records, AbortSignal.timeout(8_000)),
      isPaused: async () => (await listPaused(ctx)).includes("slack"),
    });
    const archiver = startMapping({
      ...base,
      queueUrl: deadLetterUrl,
      batchSize: 10,
      windowMs: 0,
      intervalMs: 0,
      handler: (event) => DeadLetters.archive({ ...ctx, integration: "slack" }, event.Records),
    });
    stops.push(consumer.stop, archiver.stop);
  }

  const send = (body: string) =>
    ctx.messaging.sqs.send(new SendMessageCommand({ QueueUrl: ctx.messaging.queues.slack.url, MessageBody: body }));

  const pauses = () => published.filter(({ name }) => name === "Paused");

  const readAttempts = async () => completeAttempts(await ctx.db.attempt.findMany(), await ctx.db.delivery.findMany());

  const statusOf = async (eventId: string) =>
    (await ctx.db.delivery.findUnique({ where: { eventId_integration: { eventId, integration: "slack" } } }))?.status;

  const reaches = (eventId: string, status: string) =>
    waitFor(`${eventId} ${status}`, 10_000, async () => (await statusOf(eventId)) === status);

  test("delivers a published event and records the outcome and the attempt", async () => {
    start();
    const { id } = await Outbox.record(ctx.db, { type: "user.signed_up", data });
    await Outbox.publishPending(ctx);
    await reaches(id, "delivered");
    const { deliveries } = await listDeliveries(ctx, { integration: "slack" });
    expect(deliveries).toEqual([
      expect.objectContaining({ eventId: id, status: "delivered", attempts: 1, response: "ok", errorCode: null }),
    ]);
    expect(await readAttempts()).toEqual([
      expect.objectContaining({ eventId: id, number: 1, receiveCount: 1, outcome: "delivered" }),
    ]);
    expect(published).toEqual([
      { name: "Delivered", unit: "Count", value: 1 },
      { name: "Retried", unit: "Count", value: 0 },
      { name: "Dead", unit: "Count", value: 0 },
      { name: "Latency", unit: "Milliseconds", value: expect.any(Number) },
    ]);
  });

  test("a duplicate message makes no second call and no second row", async () => {
    const { id, body } = newBody();
    await send(body);
    await send(body);
    start();
    await reaches(id, "delivered");
    await send(body);
    const other = newBody();
    await send(other.body);
    await reaches(other.id, "delivered");
    expect(party.received()).toEqual([id, other.id]);
    expect(await ctx.db.delivery.count()).toBe(2);
    expect(await readAttempts()).toHaveLength(2);
  });

  test("two consumers with the same event at the same time make one call", async () => {
    const { id, body } = newBody();
    const recordOf = (messageId: string) => ({
      messageId,
      receiptHandle: "",
      body,
      attributes: {
        ApproximateReceiveCount: "1",
        SentTimestamp: "1",
        SenderId: "",
        ApproximateFirstReceiveTimestamp: "1",
      },
      messageAttributes: {},
      md5OfBody: "",
      eventSource: "aws:sqs",
      eventSourceARN: "",
      awsRegion: "",
    });
    const responses = await Promise.all(
      ["a", "b", "c"].map((name) => consume(consumeCtx(), [recordOf(name)], AbortSignal.timeout(5_000))),
    );
    expect(party.received()).toEqual([id]);
    expect(responses.filter(({ batchItemFailures }) => batchItemFailures.length === 0).length).toBeGreaterThan(0);
    expect(await statusOf(id)).toBe("delivered");
  });

  test("an external event of any type is delivered and stored", async () => {
    start();
    const { id, body } = newBody({ type: "user.flew" });
    await send(body);
    await reaches(id, "delivered");
    const row = await ctx.db.event.findUniqueOrThrow({ where: { id } });
    expect(row).toMatchObject({ type: "user.flew", source: "test", data });
    expect(row.publishedAt).not.toBeNull();
  });

  test("one refused event of a batch is retried alone until it is delivered", async () => {
    const bodies = [newBody(), newBody(), newBody()];
    const bad = bodies[1]?.id ?? "";
    let refusals = 2;
    party.answer = ({ id }) =>
      id === bad && refusals-- > 0 ? failed(new RetryableError("busy", { code: "busy" })) : delivered("ok");
    for (const { body } of bodies) await send(body);
    start();
    for (const { id } of bodies) await reaches(id, "delivered");
    expect(party.received().filter((id) => id === bad)).toHaveLength(3);
    expect(party.received()).toHaveLength(5);
    const attempts = await ctx.db.attempt.findMany({ where: { eventId: bad }, orderBy: { number: "asc" } });
    expect(attempts.map(({ number, receiveCount, outcome }) => [number, receiveCount, outcome])).toEqual([
      [1, 1, "retry"],
      [2, 2, "retry"],
      [3, 3, "delivered"],
    ]);
  });

  test("a permanent failure is dead-lettered with its reason after the last attempt, and a replay delivers it once", async () => {
    start();
    const { id, body } = newBody();
    party.answer = () => failed(new RetryableError("Slack answered 500.", { code: "http_500" }));
    await send(body);
    await reaches(id, "dead");
    await waitFor("the dead letter", 10_000, async () => (await DeadLetters.countOpen(ctx)) === 1);
    expect(party.received()).toHaveLength(3);
    const [deadLetter] = (await DeadLetters.listDeadLetters(ctx)).deadLetters;
    expect(deadLetter).toMatchObject({
      integration: "slack",
      eventId: id,
      receiveCount: 3,
      errorClass: "RetryableError",
      errorCode: "http_500",
      reason: "Slack answered 500.",
      status: "open",
    });

    party.answer = () => delivered("ok");
    expect(await Replays.replayDeadLetters(ctx, { all: true })).toMatchObject({ replayed: 1 });
    await reaches(id, "delivered");
    expect(party.received()).toHaveLength(4);
    expect(await History.getDeadLetter(ctx, { id: deadLetter?.id ?? "" })).toMatchObject({ status: "resolved" });
    await expect(Replays.replayDeadLetters(ctx, { all: true })).rejects.toThrow(/Nothing was replayed/);
  });

  test("a rejected event is dead-lettered at the first attempt", async () => {
    start();
    const { id, body } = newBody();
    party.answer = () => failed(new RejectedError("The address looks fake.", { code: "Invalid Resource" }));
    await send(body);
    await waitFor("the dead letter", 10_000, async () => (await DeadLetters.countOpen(ctx)) === 1);
    expect(party.received()).toEqual([id]);
    expect(await statusOf(id)).toBe("dead");
  });

  test("a replay that fails again is the same dead letter again, with the new reason", async () => {
    start();
    const { body } = newBody();
    party.answer = () => failed(new RejectedError("First.", { code: "first" }));
    await send(body);
    await waitFor("the dead letter", 10_000, async () => (await DeadLetters.countOpen(ctx)) === 1);
    party.answer = () => failed(new RejectedError("Second.", { code: "second" }));
    await Replays.replayDeadLetters(ctx, { all: true });
    await waitFor("the dead letter again", 10_000, async () => (await DeadLetters.countOpen(ctx)) === 1);
    const { deadLetters } = await DeadLetters.listDeadLetters(ctx);
    expect(deadLetters).toEqual([expect.objectContaining({ errorCode: "second", reason: "Second.", status: "open" })]);
  });

  test.each([
    ["no JSON", "{"],
    ["not an object", "[]"],
    ["no event", '{"specversion":"1.0"}'],
    ["only text", "hello"],
  ])(
    "a body that does not parse (%s) is dead-lettered with its body, and the rest of the batch is delivered",
    async (_, body) => {
      const good = newBody();
      await ctx.messaging.sqs.send(
        new SendMessageCommand({ QueueUrl: ctx.messaging.queues.slack.url, MessageBody: body }),
      );
      await send(good.body);
      start();
      await reaches(good.id, "delivered");
      await waitFor("the dead letter", 10_000, async () => (await DeadLetters.countOpen(ctx)) === 1);
      const [deadLetter] = (await DeadLetters.listDeadLetters(ctx)).deadLetters;
      expect(deadLetter).toMatchObject({ eventId: null, errorClass: "Unparseable" });
      expect(await DeadLetters.revealDeadLetter(ctx, { id: deadLetter?.id ?? "" })).toMatchObject({ body });
    },
  );

  test("broken credentials pause the integration: its messages wait, and are delivered after resuming", async () => {
    start();
    const { id, body } = newBody();
    party.answer = () => failed(new CredentialsError("The bot token was revoked.", { code: "token_revoked" }));
    await send(body);
    await waitFor("the pause", 10_000, async () => (await listPaused(ctx)).includes("slack"));
    await waitFor("the alert", 10_000, async () => pauses().length === 1);
    expect(errors).toEqual([{ integration: "slack", errorCode: "token_revoked", message: "paused: credentials" }]);
    const second = newBody();
    await send(second.body);
    expect(await DeadLetters.countOpen(ctx)).toBe(0);
    expect(await statusOf(id)).toBe("retrying");
    party.answer = () => delivered("ok");
    await resumeIntegration(ctx, { integration: "slack" });
    await reaches(second.id, "delivered");
    expect(await ctx.db.auditEntry.findMany({ orderBy: { at: "asc" } })).toEqual([
      expect.objectContaining({ action: "integration.paused", actor: "system:engine", target: "slack" }),
      expect.objectContaining({ action: "integration.resumed", actor: "admin@eventfork.test" }),
    ]);
  });

  test("messages are requeued without an attempt while the database is down, and delivered afterwards", async () => {
    const away = createDb({ connections: 1, url: "postgresql://postgres@127.0.0.1:9/none" });
    let isAway = true;
    const real = ctx.db;
    const { url } = ctx.messaging.queues.slack;
    let invocations = 0;
    const mapping = startMapping({
      sqs: ctx.messaging.sqs,
      queueUrl: url,
      batchSize: 10,
      windowMs: 0,
      intervalMs: 0,
      maximumConcurrency: 1,
      timeoutSeconds: 10,
      log: silentLogger,
      handler: async (event) => {
        invocations += 1;
        return consume({ ...consumeCtx(), db: isAway ? away : real }, event.Records, AbortSignal.timeout(8_000));
      },
    });
    stops.push(mapping.stop);
    const { id, body } = newBody();
    await send(body);
    await waitFor(
      "more receives than the message may have",
      15_000,
      async () => invocations > slack.retry.attempts + 1,
    );
    isAway = false;
    await reaches(id, "delivered");
    expect(party.received()).toEqual([id]);
    expect(await readAttempts()).toEqual([expect.objectContaining({ receiveCount: 1, outcome: "delivered" })]);
    expect(await DeadLetters.countOpen(ctx)).toBe(0);
  });

  test("a database failure between the call and its record causes no second call", async () => {
    const good = newBody();
    const bad = newBody();
    let isBroken = true;
    const deliver = party.connection.deliver;
    party.connection.deliver = async (events, options) => {
      if (isBroken) await ctx.db.$executeRaw`ALTER TABLE attempt RENAME TO attempt_away`;
      isBroken = false;
      return deliver(events, options);
    };
    party.answer = ({ id }) =>
      id === good.id ? delivered("first answer") : failed(new RetryableError("no", { code: "no" }));
    await send(good.body);
    await send(bad.body);
    start();
    await waitFor("the call", 10_000, async () => party.received().length >= 1);
    await waitFor("the end of the outage", 10_000, async () => {
      const { Attributes } = await ctx.messaging.sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl: ctx.messaging.queues.slack.url,
          AttributeNames: ["ApproximateNumberOfMessagesDelayed"],
        }),
      );
      return Attributes?.ApproximateNumberOfMessagesDelayed !== "0";
    });
    await ctx.db.$executeRaw`ALTER TABLE attempt_away RENAME TO attempt`;
    party.answer = () => delivered("second answer");
    await ctx.db.lease.updateMany({ data: { until: new Date(0) } });
    await reaches(good.id, "delivered");
    await reaches(bad.id, "delivered");
    expect(party.received().filter((id) => id === good.id)).toHaveLength(1);
    const { deliveries } = await listDeliveries(ctx);
    expect(deliveries.find(({ eventId }) => eventId === good.id)).toMatchObject({ response: "first answer" });
  });

  test("an outage pauses the integration after ten failures: pending messages lose no attempt, and the first success resumes it", async () => {
    const events = Array.from({ length: 30 }, () => newBody());
    let isDown = true;
    party.answer = () => (isDown ? failed(new RetryableError("down", { code: "http_503" })) : delivered("ok"));
    for (const { body } of events) await send(body);
    start();
    await waitFor("the pause", 10_000, async () => {
      const state = await ctx.db.integrationState.findUnique({ where: { integration: "slack" } });
      return state?.pauseKind === "outage";
    });
    const failures = party.received().length;
    expect(failures).toBeGreaterThanOrEqual(10);
    isDown = false;
    for (const { id } of events) await reaches(id, "delivered");
    expect(await DeadLetters.countOpen(ctx)).toBe(0);
    const state = await ctx.db.integrationState.findUniqueOrThrow({ where: { integration: "slack" } });
    expect(state).toMatchObject({ pausedAt: null, pauseKind: null });
    expect(pauses()).toEqual([{ name: "Paused", unit: "Count", value: 1 }]);
    expect(errors).toEqual([
      expect.objectContaining({ message: expect.stringMatching(/^paused: the third party is down/) }),
    ]);
    const actions = await ctx.db.auditEntry.findMany({ orderBy: { at: "asc" } });
    expect(actions.map(({ action, actor }) => [action, actor])).toEqual([
      ["integration.paused", "system:engine"],
      ["integration.resumed", "system:engine"],
    ]);
  });

  test("a rate limit costs no attempt, dead-letters nothing and is no outage, however long it lasts", async () => {
    const events = Array.from({ length: 30 }, () => newBody());
    let refusals = 0;
    party.answer = () => {
      if (party.calls.length > 20) return delivered("ok");
      refusals += 1;
      return failed(new RateLimitedError("too fast", { code: "http_429" }));
    };
    for (const { body } of events) await send(body);
    start();
    for (const { id } of events) await reaches(id, "delivered");
    expect(refusals).toBeGreaterThan(20);
    expect(await DeadLetters.countOpen(ctx)).toBe(0);
    expect(pauses()).toEqual([]);
    const attempts = await readAttempts();
    expect(attempts.map(({ number, receiveCount, outcome }) => [number, receiveCount, outcome])).toEqual(
      events.map(() => [1, 1, "delivered"]),
    );
  });

  test("an error of our own fails only its event: the others are delivered and nothing is paused", async () => {
    const events = Array.from({ length: 10 }, () => newBody());
    const bad = events[6]?.id ?? "";
    const deliver = party.connection.deliver;
    party.connection.deliver = async (list, options) => {
      if (list.some(({ id }) => id === bad)) throw new RangeError("Maximum call stack size exceeded");
      return deliver(list, options);
    };
    for (const { body } of events) await send(body);
    start();
    for (const { id } of events) await reaches(id, id === bad ? "dead" : "delivered");
    await waitFor("the dead letter", 10_000, async () => (await DeadLetters.countOpen(ctx)) === 1);
    const rest = (await readAttempts()).filter(({ eventId }) => eventId !== bad);
    expect(rest.map(({ number, receiveCount }) => [number, receiveCount])).toEqual(events.slice(1).map(() => [1, 1]));
    const state = await ctx.db.integrationState.findUniqueOrThrow({ where: { integration: "slack" } });
    expect(state).toMatchObject({ pausedAt: null, windowFailure: 0 });
  });

  test("an external event that the database cannot store is dead-lettered alone", async () => {
    const events = Array.from({ length: 9 }, () => newBody({ type: "shop.paid" }));
    const bad = events[4]?.id ?? "";
    await ctx.db.$executeRawUnsafe(`ALTER TABLE event ADD CHECK (id <> '${bad}' OR 1 / (length(id) - length(id)) = 0)`);
    for (const { body } of events) await send(body);
    start();
    await waitFor("the dead letter", 10_000, async () => (await DeadLetters.countOpen(ctx)) === 1);
    for (const { id } of events) if (id !== bad) await reaches(id, "delivered");
    const { deadLetters } = await DeadLetters.listDeadLetters(ctx);
    expect(deadLetters).toEqual([expect.objectContaining({ eventId: bad, errorCode: "unstorable" })]);
    expect(party.received()).not.toContain(bad);
    expect((await readAttempts()).filter(({ receiveCount }) => receiveCount > 1)).toEqual([]);
  });

  test.each([
    ["paused", { pausedAt: new Date(), pauseKind: "manual" }, /^the integration is paused;/],
    [
      "rate limited",
      { limitSeconds: 60, limitedAt: new Date(), limitedUntil: new Date(Date.now() + 3_600_000) },
      /limits the rate;/,
    ],
  ])("messages that are requeued while it is %s name that reason", async (_, state, reason) => {
    await ctx.db.integrationState.create({ data: { integration: "slack", updatedAt: new Date(), ...state } });
    const { id, body } = newBody();
    const warnings: string[] = [];
    const log = { ...silentLogger, warn: (_fields: object, message: string) => void warnings.push(message) };
    const record = toRecord({ MessageId: "m", ReceiptHandle: "", Body: body }, "");
    const sleep = async () => undefined;
    const response = await consume({ ...consumeCtx(), log, sleep }, [record], AbortSignal.timeout(5_000));
    expect(response).toEqual({ batchItemFailures: [] });
    expect(warnings).toEqual([expect.stringMatching(reason)]);
    expect(await statusOf(id)).toBeUndefined();
    expect(party.calls).toEqual([]);
  });

  test("an attempt whose consumer crashed is possibly delivered for the next one; a first attempt is not", async () => {
    const crashed = newBody();
    const fresh = newBody();
    const seen: string[][] = [];
    party.connection.deliver = async (list, options) => {
      seen.push([...options.possiblyDelivered.keys()]);
      return list.map(() => delivered("ok"));
    };
    const held = { integration: "slack", leaseId: "lse_dead", leaseUntil: new Date(0), now: new Date(0) } as const;
    await claim(ctx.db, { ...held, events: [{ id: crashed.id, attempt: 1 }] });
    await send(crashed.body);
    await send(fresh.body);
    start();
    await reaches(crashed.id, "delivered");
    await reaches(fresh.id, "delivered");
    expect(seen.flat()).toEqual([crashed.id]);
  });

  test("a possibly delivered event stays so until it is delivered, also while it is rate limited", async () => {
    const { id, body } = newBody();
    const seen: boolean[] = [];
    party.connection.deliver = async (list, options) => {
      seen.push(options.possiblyDelivered.has(id));
      const busy = new RateLimitedError("too fast", { code: "ratelimited" });
      return list.map(() => (seen.length < 3 ? failed(busy) : delivered("ok")));
    };
    const held = { integration: "slack", leaseId: "lse_dead", leaseUntil: new Date(0), now: new Date(0) } as const;
    await claim(ctx.db, { ...held, events: [{ id, attempt: 1 }] });
    await send(body);
    start();
    await reaches(id, "delivered");
    expect(seen).toEqual([true, true, true]);
  });

  test.each([
    ["its credentials are refused", new CredentialsError("The token is not valid.", { code: "invalid_auth" })],
    ["it names a time to retry", new RetryableError("later", { code: "http_503", retryAfterSeconds: 1 })],
    ["the consumer is out of time", new RetryableError("aborted", { code: deadlineExceeded })],
    ["it rejects the event", new RejectedError("too long", { code: "msg_too_long" })],
  ])("a possibly delivered event stays so when the next attempt certainly did nothing: %s", async (_, refusal) => {
    const { id, body } = newBody();
    const timeout = new RetryableError("no answer", { code: "timeout" });
    const outcomes = [failed(timeout), failed(refusal)];
    const seen: boolean[] = [];
    party.connection.deliver = async (list, options) => {
      const outcome = outcomes[seen.length] ?? delivered("found posted");
      seen.push(options.possiblyDelivered.has(id));
      return list.map(() => outcome);
    };
    const record = toRecord({ MessageId: "m", ReceiptHandle: "", Body: body }, "");
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      await consume(consumeCtx(), [record], AbortSignal.timeout(5_000));
      await resumeIntegration(ctx, { integration: "slack" });
    }
    expect(seen).toEqual([false, true, true]);
    expect(await statusOf(id)).toBe("delivered");
  });

  test("after a batch that failed as a whole, its events stay possibly delivered, also when each is then refused", async () => {
    const events = [newBody(), newBody()];
    const refusal = new CredentialsError("The token is not valid.", { code: "invalid_auth" });
    let calls = 0;
    party.connection.deliver = async (list) => {
      calls += 1;
      if (calls === 1) throw new Error("a defect after the call");
      return list.map(() => failed(refusal));
    };
    const records = events.map(({ body }, i) => toRecord({ MessageId: `m${i}`, ReceiptHandle: "", Body: body }, ""));
    await consume(consumeCtx(), records, AbortSignal.timeout(5_000));
    const rows = await ctx.db.delivery.findMany({ where: { integration: "slack" } });
    expect(rows.map(({ isPossiblyDelivered }) => isPossiblyDelivered)).toEqual([true, true]);
  });

  test("a probe takes the event with the fewest attempts", async () => {
    const now = new Date();
    await ctx.db.integrationState.create({
      data: { integration: "slack", pausedAt: now, pauseKind: "outage", probeAt: new Date(0), updatedAt: now },
    });
    const attempted = newBody();
    const fresh = newBody();
    const options = {
      integration: "slack",
      leaseUntil: new Date(now.getTime() + 15_000),
      now,
    } as const;
    const events = [
      { id: attempted.id, attempt: 7 },
      { id: fresh.id, attempt: 2 },
    ];
    const states = async () => {
      const claims = await claim(ctx.db, { ...options, leaseId: newId("lease"), events });
      return events.map(({ id }) => claims.get(id)?.state);
    };
    expect(await states()).toEqual(["paused", "claimed"]);
    expect(await states()).toEqual(["paused", "paused"]);
  });
});
