import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { createTestCtx } from "@eventfork/testing";
import { beforeEach, describe, expect, test } from "vitest";
import { serialiseEnvelope } from "../events/index.ts";
import { explainEvent } from "../history/index.ts";
import { pauseIntegration, resumeIntegration } from "../integrations/index.ts";
import * as Outbox from "../outbox/index.ts";
import { listIntegrations } from "../overview/index.ts";
import { sendMessages } from "../platform/aws/index.ts";
import { type Ctx, type Figure, type Metrics, noMetrics } from "../platform/index.ts";
import { countLimit, formatCapped } from "../platform/text/numbers.ts";
import { resendOverdue } from "../replays/index.ts";
import { seedRules } from "../rules/index.ts";
import { integrationNames, integrations } from "../topology/index.ts";
import { countOverdue, reconcile } from "./index.ts";

const data = { userId: "usr_1", email: "ada@lovelace.dev", name: "Ada", marketingConsent: false };
const none = Object.fromEntries(integrationNames.map((name) => [name, 0]));
const minute = 60_000;

describe("reconciliation", () => {
  let ctx: Ctx & { metrics: Metrics };
  let clock: number;
  const start = Date.parse("2026-11-23T10:00:00Z");

  beforeEach(async () => {
    clock = start;
    ctx = { ...(await createTestCtx()), metrics: noMetrics, now: () => new Date(clock) };
    await seedRules(ctx);
    await ctx.db.ruleVersion.updateMany({ data: { acceptedAt: new Date(start - 60 * minute) } });
  });

  async function publishEvent(type: "user.signed_up" | "user.logged_in" = "user.signed_up"): Promise<string> {
    const fields = type === "user.signed_up" ? data : { ...data, method: "password" };
    const { id } = await Outbox.record(ctx.db, { type, data: fields });
    await ctx.db.event.update({ where: { id }, data: { publishedAt: new Date(clock) } });
    return id;
  }

  async function deliver(eventId: string, integration: string, row: { status: string; nextAttemptAt?: Date }) {
    const at = new Date(clock);
    const fields = { eventType: "user.signed_up", firstAttemptAt: at, lastAttemptAt: at, updatedAt: at };
    await ctx.db.delivery.create({ data: { eventId, integration, ...fields, ...row } });
  }

  test("an event that a rule matched and that has no delivery is overdue after ten minutes, not before", async () => {
    await publishEvent();
    await publishEvent("user.logged_in");
    clock += 9 * minute;
    await reconcile(ctx);
    expect(await countOverdue(ctx)).toEqual({ ...none, analytics: 0, mailchimp: 0, slack: 0 });
    clock += 2 * minute;
    expect((await reconcile(ctx)).integrations).toMatchObject({
      analytics: { found: { checked: 2, missing: 2 } },
      slack: { found: { checked: 2, missing: 1 } },
    });
    expect(await countOverdue(ctx)).toEqual({ ...none, analytics: 2, mailchimp: 1, slack: 1 });
    expect((await reconcile(ctx)).integrations.analytics.found).toMatchObject({ checked: 0, missing: 0 });
    const slack = (await listIntegrations(ctx)).find(({ name }) => name === "slack");
    expect(slack?.overdue).toBe(1);
  });

  test("a run checks as many events as its time allows, and the next one continues", async () => {
    await ctx.db.$executeRaw`
      INSERT INTO event (id, type, source, time, recorded_at, published_at, data)
      SELECT 'evt_' || n, 'user.left', 'web', ${new Date(clock)}, ${new Date(clock)}, ${new Date(clock)}, '{}'
      FROM generate_series(1, 12000) n`;
    clock += 11 * minute;
    const check = async (workMs: number) => (await reconcile(ctx, { workMs })).integrations.slack.found?.checked;
    expect(await check(0)).toBe(5_000);
    expect(await check(60_000)).toBe(7_000);
  });

  test("an overdue delivery that is delivered after all is resolved", async () => {
    const id = await publishEvent();
    clock += 11 * minute;
    await reconcile(ctx);
    await deliver(id, "slack", { status: "delivered" });
    await reconcile(ctx);
    expect(await countOverdue(ctx)).toEqual({ ...none, analytics: 1, mailchimp: 1, slack: 0 });
  });

  test("an overdue delivery that is to be attempted later is overdue no longer", async () => {
    const id = await publishEvent();
    clock += 11 * minute;
    await reconcile(ctx);
    await deliver(id, "slack", { status: "retrying", nextAttemptAt: new Date(clock + minute) });
    await reconcile(ctx);
    expect(await countOverdue(ctx)).toMatchObject({ analytics: 1, slack: 0 });
  });

  test("an event that is found missing once more is overdue once, and harms no other", async () => {
    await publishEvent();
    clock += 11 * minute;
    await reconcile(ctx);
    await ctx.db.checkpoint.deleteMany();
    await publishEvent();
    clock += 11 * minute;
    expect((await reconcile(ctx)).integrations.slack.found).toMatchObject({ checked: 2, missing: 1 });
    expect((await countOverdue(ctx)).slack).toBe(2);
  });

  test("a delivery that has ended is not overdue, whatever its next attempt", async () => {
    const id = await publishEvent();
    for (const name of ["analytics", "mailchimp", "slack"]) {
      await deliver(id, name, { status: "delivered", nextAttemptAt: new Date(clock + minute) });
    }
    clock += 12 * minute;
    await reconcile(ctx);
    expect(await countOverdue(ctx)).toEqual(none);
  });

  test("a delivery whose next attempt is long past is overdue", async () => {
    const id = await publishEvent();
    for (const name of ["analytics", "mailchimp"]) await deliver(id, name, { status: "delivered" });
    await deliver(id, "slack", { status: "retrying", nextAttemptAt: new Date(clock + minute) });
    clock += 10 * minute;
    await reconcile(ctx);
    expect((await countOverdue(ctx)).slack).toBe(0);
    clock += 2 * minute;
    await reconcile(ctx);
    expect((await countOverdue(ctx)).slack).toBe(1);
  });

  test("resending puts each overdue event into that integration's queue alone, until it is delivered", async () => {
    const id = await publishEvent();
    clock += 11 * minute;
    await reconcile(ctx);
    clock += minute;
    expect(await resendOverdue(ctx, { integration: "slack" })).toMatchObject({ resent: 1 });
    const receive = async (name: "slack" | "mailchimp") => {
      const command = new ReceiveMessageCommand({ QueueUrl: ctx.messaging.queues[name].url, MaxNumberOfMessages: 10 });
      return (await ctx.messaging.sqs.send(command)).Messages ?? [];
    };
    const row = await ctx.db.event.findUniqueOrThrow({ where: { id } });
    expect((await receive("slack")).map(({ Body }) => Body)).toEqual([serialiseEnvelope(row)]);
    expect(await receive("mailchimp")).toEqual([]);
    clock += minute;
    await expect(resendOverdue(ctx, { integration: "slack" })).rejects.toThrow(/not on its way again/);
    clock += 11 * minute;
    expect(await resendOverdue(ctx, { integration: "slack" })).toMatchObject({ resent: 1 });
    await deliver(id, "slack", { status: "delivered" });
    await reconcile(ctx);
    await expect(resendOverdue(ctx, { integration: "slack" })).rejects.toThrow(/Nothing is overdue/);
  });

  test("while a new version is rolling out, only events that both versions match are overdue", async () => {
    const everything = { integration: "slack", version: 2, policy: {}, author: "test" };
    await ctx.db.ruleVersion.create({ data: { ...everything, acceptedAt: new Date(clock - 5 * minute) } });
    await publishEvent("user.logged_in");
    clock += 11 * minute;
    await publishEvent("user.logged_in");
    clock += 11 * minute;
    await reconcile(ctx);
    expect((await countOverdue(ctx)).slack).toBe(1);
  });

  test("a paused integration is skipped, and checked from its last checkpoint once it is resumed", async () => {
    await publishEvent();
    await pauseIntegration(ctx, { integration: "slack", reason: "maintenance" });
    clock += 11 * minute;
    expect((await reconcile(ctx)).integrations).toMatchObject({
      slack: { isPaused: true, found: null, queue: null },
      mailchimp: { found: { missing: 1 } },
    });
    await ctx.db.integrationState.deleteMany();
    expect((await reconcile(ctx)).integrations.slack.found).toMatchObject({ missing: 1 });
  });

  test("the age of a backlog is that of its oldest event, through a pause and regardless of SQS's metric", async () => {
    const published: Figure[] = [];
    const ages = async () => {
      published.length = 0;
      await reconcile({ ...ctx, metrics: { publish: (figures) => void published.push(...figures) } });
      const own = published.filter(({ name }) => name === "BacklogAge");
      return Object.fromEntries(own.map(({ integration = "", value }) => [integration, value]));
    };
    expect(await ages()).toMatchObject({ analytics: 0, slack: 0 });
    const first = await publishEvent();
    for (const name of ["analytics", "mailchimp"]) await deliver(first, name, { status: "delivered" });
    await publishEvent("user.logged_in");
    await pauseIntegration(ctx, { integration: "slack", reason: "maintenance" });
    clock += 2 * 60 * minute;
    expect(await ages()).toMatchObject({ analytics: 7_200, mailchimp: 0, slack: 7_200 });
    await deliver(first, "slack", { status: "delivered" });
    expect(await ages()).toMatchObject({ slack: 0 });
    await Outbox.record(ctx.db, { type: "user.signed_up", data });
    await ctx.db.event.updateMany({ where: { publishedAt: null }, data: { recordedAt: new Date(clock - 5 * minute) } });
    expect(await ages()).toMatchObject({ mailchimp: 300, slack: 300 });
  });

  test("a delivery that waits for a rate limit is not overdue until ten minutes after it", async () => {
    await publishEvent();
    clock += 11 * minute;
    const limit = { limitedAt: new Date(clock - 5 * minute), limitedUntil: new Date(clock - 4 * minute) };
    await ctx.db.integrationState.create({ data: { integration: "slack", updatedAt: new Date(clock), ...limit } });
    expect((await reconcile(ctx)).integrations.slack).toMatchObject({ isPaused: false, found: null });
    clock += 6 * minute;
    expect((await reconcile(ctx)).integrations.slack.found).toMatchObject({ missing: 1 });
  });

  test("overdue deliveries are checked in steps and then from the beginning, however many there are", async () => {
    await ctx.db.$executeRaw`
      INSERT INTO overdue (event_id, integration, kind, since, found_at)
      SELECT 'evt_' || n, 'slack', 'missing', ${new Date(start)}, ${new Date(start)} FROM generate_series(1, 7000) n`;
    await ctx.db.$executeRaw`
      INSERT INTO delivery (event_id, integration, event_type, status, first_attempt_at, last_attempt_at, updated_at)
      SELECT event_id, integration, 'user.signed_up', 'delivered', since, since, since FROM overdue`;
    const settled = async () => (await reconcile(ctx)).integrations.slack.found?.settled;
    expect([await settled(), await settled(), await settled()]).toEqual([5_000, 2_000, 0]);
  });

  test("every stalled delivery is found, even when there are more than one run checks", async () => {
    await ctx.db.$executeRaw`
      INSERT INTO delivery (event_id, integration, event_type, status, first_attempt_at, last_attempt_at, next_attempt_at, updated_at)
      SELECT 'evt_' || n, 'slack', 'user.signed_up', 'retrying', at, at, at, at
      FROM generate_series(1, 7000) n, (SELECT ${new Date(start)}::timestamptz AS at) t`;
    clock += 11 * minute;
    const stalled = async () => (await reconcile(ctx)).integrations.slack.found?.stalled;
    expect([await stalled(), await stalled(), await stalled()]).toEqual([5_000, 2_000, 0]);
    expect((await countOverdue(ctx)).slack).toBe(7_000);
  });

  test("a backlog is counted up to ten thousand, at each integration and in the outbox", async () => {
    await ctx.db.$executeRaw`
      INSERT INTO overdue (event_id, integration, kind, since, found_at)
      SELECT 'evt_' || n, 'slack', 'missing', now(), now() FROM generate_series(1, 10001) n`;
    await ctx.db.$executeRaw`
      INSERT INTO event (id, type, source, time, data, recorded_at)
      SELECT 'evt_' || lpad(n::text, 5, '0'), 'user.signed_up', 'web', at, '{}', at + n * interval '1 ms'
      FROM generate_series(1, 10001) n, (SELECT ${new Date(start)}::timestamptz AS at) t`;
    clock += minute;
    expect(await countOverdue(ctx)).toEqual({ ...none, analytics: 0, mailchimp: 0, slack: countLimit });
    expect(await Outbox.measureOutbox(ctx)).toEqual({ depth: countLimit, oldestSeconds: 60 });
    expect([formatCapped(countLimit - 1), formatCapped(countLimit)]).toEqual(["9,999", "10,000+"]);
  });

  describe("the queue against the table", () => {
    const many = integrations.slack.maximumConcurrency * integrations.slack.batch.size + 50;

    const compare = async () => (await reconcile(ctx)).integrations.slack.queue;

    async function addUnfinished(count: number): Promise<void> {
      const [at, nextAttemptAt] = [new Date(clock), new Date(clock + 120 * minute)];
      await ctx.db.delivery.createMany({
        data: Array.from({ length: count }, (_, n) => ({
          ...{ eventId: `evt_${n}`, integration: "slack", eventType: "user.signed_up", status: "retrying" },
          ...{ firstAttemptAt: at, lastAttemptAt: at, updatedAt: at, nextAttemptAt },
        })),
      });
    }

    async function addMessages(count: number): Promise<void> {
      const messages = Array.from({ length: count }, (_, n) => ({ MessageBody: `${n}`, MessageGroupId: undefined }));
      const refusals = await sendMessages(ctx.messaging.sqs, ctx.messaging.queues.slack.url, messages);
      expect(refusals.filter((refusal) => refusal !== null)).toEqual([]);
    }

    test("unfinished deliveries without messages are reported after ten minutes, until queue and table agree", async () => {
      const errors: object[] = [];
      ctx.log = { ...ctx.log, error: (fields) => errors.push(fields) };
      await addUnfinished(many);
      expect(await compare()).toEqual({ messages: 0, unfinished: many, disagreement: null });
      clock += 9 * minute;
      expect((await compare())?.disagreement).toBeNull();
      expect(errors).toEqual([]);
      clock += 2 * minute;
      const disagreement = { kind: "messages_gone", since: new Date(start) };
      expect(await compare()).toMatchObject({ disagreement });
      expect(errors).toEqual([expect.objectContaining({ integration: "slack", kind: "messages_gone" })]);
      const shown = async () => (await listIntegrations(ctx)).map((integration) => integration.disagreement);
      expect(await shown()).toEqual([null, null, disagreement]);
      await addMessages(many);
      expect((await compare())?.disagreement).toBeNull();
      expect(await shown()).toEqual([null, null, null]);
    });

    test("messages that no consumer receives are reported; a long queue that is being consumed is not", async () => {
      await addMessages(many);
      expect(await compare()).toEqual({ messages: many, unfinished: 0, disagreement: null });
      clock += 11 * minute;
      expect((await compare())?.disagreement).toEqual({ kind: "messages_untaken", since: new Date(start) });
      await deliver("evt_now", "slack", { status: "delivered" });
      expect((await compare())?.disagreement).toBeNull();
    });

    test("neither messages in motion nor a transient difference is a disagreement", async () => {
      await addUnfinished(100);
      for (let i = 0; i < 3; i++) {
        expect((await compare())?.disagreement).toBeNull();
        clock += 11 * minute;
      }
      await addMessages(many);
      expect((await compare())?.disagreement).toBeNull();
      await ctx.db.delivery.deleteMany();
      await addUnfinished(many + many);
      clock += 11 * minute;
      expect((await compare())?.disagreement).toBeNull();
    });

    test("nothing is compared during a pause, and the ten minutes restart after it", async () => {
      await addUnfinished(many);
      await compare();
      await pauseIntegration(ctx, { integration: "slack", reason: "maintenance" });
      clock += 11 * minute;
      expect(await compare()).toBeNull();
      await resumeIntegration(ctx, { integration: "slack" });
      expect((await compare())?.disagreement).toBeNull();
    });
  });

  test("stuck and quarantined events are reported with the oldest and SNS's error, and can be published again", async () => {
    const figures: Figure[] = [];
    ctx.metrics = { publish: (published) => figures.push(...published) };
    const record = async (row: object) => {
      const { id } = await Outbox.record(ctx.db, { type: "user.signed_up", data });
      await ctx.db.event.update({ where: { id }, data: { recordedAt: new Date(clock), ...row } });
      return id;
    };
    await record({ publishError: "NotFound: Topic does not exist" });
    await record({});
    const aside = await record({ quarantinedAt: new Date(clock), publishError: "The event is 300000 bytes" });
    await publishEvent();
    clock += 9 * minute;
    await record({});
    expect((await reconcile(ctx)).outbox).toMatchObject({ stuck: { count: 0 }, quarantined: { count: 1 } });
    clock += 2 * minute;
    const trouble = {
      stuck: {
        count: 2,
        oldestAt: new Date(start),
        latestAt: new Date(start),
        error: "NotFound: Topic does not exist",
      },
      quarantined: {
        count: 1,
        oldestAt: new Date(start),
        latestAt: new Date(start),
        error: "The event is 300000 bytes",
      },
    };
    figures.length = 0;
    expect((await reconcile(ctx)).outbox).toEqual(trouble);
    expect(await Outbox.inspectOutbox(ctx)).toEqual({ depth: 3, oldestSeconds: 660, ...trouble });
    expect(Object.fromEntries(figures.map(({ name, value }) => [name, value]))).toMatchObject({
      OutboxStuck: 2,
      OutboxSetAside: 1,
    });
    expect(await Outbox.retryQuarantined(ctx)).toEqual({ retried: 1 });
    expect(await Outbox.publishPending(ctx)).toMatchObject({ published: 4 });
    expect((await ctx.db.event.findUniqueOrThrow({ where: { id: aside } })).publishError).toBeNull();
    await expect(Outbox.retryQuarantined(ctx)).rejects.toThrow(/Nothing in the outbox is quarantined/);
  });

  test("a discarded event is not sent, clears the issue, and can be found with its reason and operator", async () => {
    const figures: Figure[] = [];
    ctx.metrics = { publish: (published) => figures.push(...published) };
    const { id } = await Outbox.record(ctx.db, { type: "user.signed_up", data });
    await ctx.db.event.update({ where: { id }, data: { quarantinedAt: new Date(clock), publishError: "too large" } });
    const before = { reason: "not seen yet", upTo: new Date(clock - 1) };
    await expect(Outbox.discardQuarantined(ctx, before)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(Outbox.discardQuarantined(ctx, { reason: " " })).rejects.toMatchObject({ code: "INVALID" });
    expect(await Outbox.discardQuarantined(ctx, { reason: "a broken import" })).toEqual({ discarded: 1 });
    await reconcile(ctx);
    expect(figures.find(({ name }) => name === "OutboxSetAside")?.value).toBe(0);
    expect(await Outbox.publishPending(ctx)).toEqual({ published: 0, failed: 0, quarantined: 0 });
    await expect(Outbox.retryQuarantined(ctx)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(Outbox.discardQuarantined(ctx, { reason: "again" })).rejects.toMatchObject({ code: "NOT_FOUND" });
    const { event } = await explainEvent(ctx, { eventId: id });
    expect(event).toMatchObject({ publishedAt: null, publishError: "too large", discardedAt: new Date(clock) });
    const entry = await ctx.db.auditEntry.findFirstOrThrow({ where: { action: "outbox.discarded" } });
    expect(entry).toMatchObject({ actor: "admin@eventfork.test", after: { reason: "a broken import", ids: [id] } });
  });
});
