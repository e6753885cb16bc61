import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { createTestCtx } from "@eventfork/testing";
import { beforeEach, describe, expect, test } from "vitest";
import { describeRetries, retryDelaySeconds } from "../deliveries/retry.ts";
import { explainEvent } from "../history/index.ts";
import { pauseIntegration, resumeIntegration, sendTestEvent } from "../integrations/index.ts";
import { pause } from "../integrations/pause.ts";
import { describeSettings } from "../integrations/settings.ts";
import * as Outbox from "../outbox/index.ts";
import { queueOf } from "../platform/aws/index.ts";
import type { Ctx } from "../platform/index.ts";
import { slack } from "../providers/slack/index.ts";
import { findMissing } from "../reconciliation/find.ts";
import { type IntegrationName, integrationNames, integrations } from "../topology/index.ts";
import { getIntegration } from "./index.ts";

let ctx: Ctx;
beforeEach(async () => {
  ctx = await createTestCtx();
});

describe("a test event", () => {
  const user = { id: "usr_test", name: "Ada Lovelace", email: "admin@eventfork.test" };

  async function receive(name: IntegrationName): Promise<unknown[]> {
    const command = new ReceiveMessageCommand({ QueueUrl: queueOf(ctx.messaging, name).url, MaxNumberOfMessages: 10 });
    return ((await ctx.messaging.sqs.send(command)).Messages ?? []).map(({ Body = "" }) => JSON.parse(Body));
  }

  test("goes to its integration alone, is about its sender, and is overdue nowhere", async () => {
    await ctx.db.user.create({ data: user });
    await ctx.db.ruleVersion.updateMany({ data: { acceptedAt: new Date(0) } });
    const { eventId } = await sendTestEvent(ctx, { integration: "slack" });
    await Outbox.publishPending(ctx);
    const data = { userId: user.id, email: user.email, name: user.name, marketingConsent: false };
    expect(await receive("slack")).toMatchObject([{ id: eventId, source: "test", subject: user.id, data }]);
    expect([await receive("analytics"), await receive("mailchimp")]).toEqual([[], []]);
    const later = { ...ctx, now: () => new Date(Date.now() + 3_600_000) };
    for (const name of integrationNames) expect(await findMissing(later, name)).toEqual({ checked: 0, missing: 0 });
    expect(await Outbox.inspectOutbox(ctx)).toMatchObject({ depth: 0, quarantined: { count: 0 } });
    const { integrations: why } = await explainEvent(ctx, { eventId });
    expect(why.map(({ integration, status }) => `${integration} ${status}`)).toEqual([
      "analytics unpublished",
      "mailchimp unpublished",
      "slack waiting",
    ]);
    expect(await ctx.db.auditEntry.findFirst({ where: { action: "integration.test_event_sent" } })).toMatchObject({
      target: "slack",
      after: { eventId },
    });
  });

  test("that SQS refuses is not recorded, and a program cannot send one", async () => {
    await ctx.db.user.create({ data: user });
    const gone = { ...ctx.messaging.queues.slack, url: `${ctx.messaging.queues.slack.url}-gone` };
    const messaging = { ...ctx.messaging, queues: { ...ctx.messaging.queues, slack: gone } };
    const send = (part: Partial<Ctx>) => sendTestEvent({ ...ctx, ...part }, { integration: "slack" });
    await expect(send({ messaging })).rejects.toMatchObject({ code: "UNAVAILABLE" });
    await expect(send({ actor: { kind: "system", name: "cli" } })).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect([await ctx.db.event.count(), await ctx.db.sentAnyway.count()]).toEqual([0, 0]);
  });
});

test("the breaker's history has each pause with its reason and end, also one that replaced another", async () => {
  let time = Date.parse("2026-11-25T10:00:00Z");
  const at = (minutes: number) => new Date(Date.parse("2026-11-25T10:00:00Z") + minutes * 60_000);
  const clocked = { ...ctx, now: () => new Date(time) };
  const engine = { ...clocked, actor: { kind: "system" as const, name: "engine" }, messaging: {} };
  const outage = {
    integration: "slack" as const,
    reason: "12 of the last 12 attempts failed.",
    kind: "outage" as const,
  };
  await pause(engine, { ...outage, probeAt: at(1) });
  time += 60_000;
  expect((await getIntegration(clocked, { integration: "slack" })).breaker).toMatchObject({
    state: "probing",
    probeAt: at(1),
  });
  await resumeIntegration(engine, { integration: "slack" });
  time += 60_000;
  await pause(engine, { ...outage, probeAt: at(3) });
  time += 60_000;
  await pauseIntegration(clocked, { integration: "slack", reason: "Let it rest." });
  await pauseIntegration(clocked, { integration: "mailchimp", reason: "Another's." });
  const { pauses, breaker } = await getIntegration(clocked, { integration: "slack" });
  expect(breaker).toMatchObject({ state: "paused", minimumFailures: 10, maximumFailureShare: 0.5 });
  expect(pauses).toEqual([
    { from: at(3), to: null, kind: "manual", reason: "Let it rest.", by: "admin@eventfork.test", endedBy: null },
    { from: at(2), to: at(3), kind: "outage", reason: outage.reason, by: "system:engine", endedBy: null },
    { from: at(0), to: at(1), kind: "outage", reason: outage.reason, by: "system:engine", endedBy: "system:engine" },
  ]);
});

test("the retry schedule on screen is the real one: it contains every wait, and their sums", async () => {
  const { retry } = integrations.slack;
  const { retries } = await getIntegration(ctx, { integration: "slack" });
  expect(retries.map(({ attempt }) => attempt)).toEqual(Array.from({ length: retry.attempts - 1 }, (_, i) => i + 2));
  for (const { attempt, wait } of retries) {
    for (const random of [0, 0.3, 0.999]) {
      const seconds = retryDelaySeconds(retry, { attempt: attempt - 1, scale: 1, random: () => random });
      expect(seconds).toBeGreaterThanOrEqual(wait.earliest);
      expect(seconds).toBeLessThanOrEqual(wait.latest);
    }
  }
  const total = retries.reduce((sum, { wait }) => sum + wait.latest, 0);
  expect(retries.at(-1)).toMatchObject({ wait: { latest: retry.capSeconds }, since: { latest: total } });
  expect(describeRetries(retry, 0.5).at(-1)?.wait.latest).toBe(retry.capSeconds / 2);
});

test("settings show values with their source, without secrets and passwords in addresses", () => {
  const env = {
    SLACK_BOT_TOKEN: "xoxb-secret",
    SLACK_CHANNEL: "",
    SLACK_API_URL: "https://ada:lovelace@slack.example/api/?token=lovelace",
  };
  const described = describeSettings(slack, env, { retryScale: 1, problem: null });
  expect(described).toMatchObject({ host: "slack.example", isSandbox: false });
  expect(described.settings).toEqual([
    { name: "SLACK_BOT_TOKEN", isSecret: true, isSet: true, value: null, source: "environment" },
    { name: "SLACK_CHANNEL", isSecret: true, isSet: false, value: null, source: null },
    { name: "SLACK_API_URL", isSecret: false, isSet: true, value: "https://slack.example/api/", source: "environment" },
    { name: "SLACK_WHEN_UNCERTAIN", isSecret: false, isSet: false, value: "post", source: "default" },
  ]);
  expect(JSON.stringify(described)).not.toMatch(/xoxb|lovelace/);
});
