import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { beforeEach, describe, expect, test } from "vitest";
import { serialiseEnvelope } from "../events/index.ts";
import { listIntegrations, pauseIntegration } from "../integrations/index.ts";
import { type Ctx, type Metrics, noMetrics } from "../kernel/index.ts";
import * as Outbox from "../outbox/index.ts";
import { seedRules } from "../rules/index.ts";
import { createTestCtx } from "../testing/index.ts";
import { countOverdue, reconcile, resendOverdue } from "./index.ts";

const data = { userId: "usr_1", email: "ada@lovelace.dev", name: "Ada", marketingConsent: false };
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

  /** An event as it is once SNS has accepted it. */
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

  test("an event that a rule wanted and that has no delivery is overdue after ten minutes, not before", async () => {
    await publishEvent();
    await publishEvent("user.logged_in");
    clock += 9 * minute;
    await reconcile(ctx);
    expect(await countOverdue(ctx)).toEqual({ analytics: 0, mailchimp: 0, slack: 0 });
    clock += 2 * minute;
    expect(await reconcile(ctx)).toMatchObject({
      analytics: { checked: 2, missing: 2 },
      slack: { checked: 2, missing: 1 },
    });
    expect(await countOverdue(ctx)).toEqual({ analytics: 2, mailchimp: 1, slack: 1 });
    expect(await reconcile(ctx)).toMatchObject({ analytics: { checked: 0, missing: 0 } });
    const slack = (await listIntegrations(ctx)).find(({ name }) => name === "slack");
    expect(slack?.overdue).toBe(1);
  });

  test("an overdue delivery that happens after all is settled", async () => {
    const id = await publishEvent();
    clock += 11 * minute;
    await reconcile(ctx);
    await deliver(id, "slack", { status: "delivered" });
    await reconcile(ctx);
    expect(await countOverdue(ctx)).toEqual({ analytics: 1, mailchimp: 1, slack: 0 });
  });

  test("a delivery whose next try is long past is overdue", async () => {
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
    expect(await resendOverdue(ctx, { integration: "slack" })).toEqual({ resent: 1 });
    const receive = async (name: "slack" | "mailchimp") => {
      const command = new ReceiveMessageCommand({ QueueUrl: ctx.messaging.queues[name].url, MaxNumberOfMessages: 10 });
      return (await ctx.messaging.sqs.send(command)).Messages ?? [];
    };
    const row = await ctx.db.event.findUniqueOrThrow({ where: { id } });
    expect((await receive("slack")).map(({ Body }) => Body)).toEqual([serialiseEnvelope(row)]);
    expect(await receive("mailchimp")).toEqual([]);
    clock += minute;
    expect(await resendOverdue(ctx, { integration: "slack" })).toEqual({ resent: 1 });
    await deliver(id, "slack", { status: "delivered" });
    await reconcile(ctx);
    await expect(resendOverdue(ctx, { integration: "slack" })).rejects.toThrow(/Nothing is overdue/);
  });

  test("while a new version spreads, only what both versions want is overdue", async () => {
    const everything = { integration: "slack", version: 2, policy: {}, author: "test" };
    await ctx.db.ruleVersion.create({ data: { ...everything, acceptedAt: new Date(clock - 5 * minute) } });
    await publishEvent("user.logged_in");
    clock += 11 * minute;
    await publishEvent("user.logged_in");
    clock += 11 * minute;
    await reconcile(ctx);
    expect((await countOverdue(ctx)).slack).toBe(1);
  });

  test("a paused integration is left alone, and looked at from where it was once it is resumed", async () => {
    await publishEvent();
    await pauseIntegration(ctx, { integration: "slack", reason: "maintenance" });
    clock += 11 * minute;
    expect(await reconcile(ctx)).toMatchObject({ slack: "paused", mailchimp: { missing: 1 } });
    await ctx.db.integrationState.deleteMany();
    expect(await reconcile(ctx)).toMatchObject({ slack: { missing: 1 } });
  });
});
