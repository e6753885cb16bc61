import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import type { SQSRecord } from "aws-lambda";
import { beforeEach, describe, expect, test } from "vitest";
import * as DeadLetters from "../dead-letters/index.ts";
import { pauseIntegration, resumeIntegration } from "../integrations/index.ts";
import type { Ctx } from "../kernel/index.ts";
import { createTestCtx } from "../testing/index.ts";
import type { IntegrationName } from "../topology/index.ts";
import {
  advanceReplays,
  cancelReplay,
  getReplay,
  pauseReplay,
  previewReplay,
  resumeReplay,
  startReplay,
} from "./index.ts";

let ctx: Ctx;
let count = 0;

beforeEach(async () => {
  ctx = await createTestCtx();
});

function toRecord(body: string, reason: { code: string; text: string }, integration: IntegrationName): SQSRecord {
  count += 1;
  const text = (stringValue: string) => ({ dataType: "String", stringValue }) as const;
  return {
    messageId: `message-${count}`,
    receiptHandle: "",
    body,
    attributes: {
      ApproximateReceiveCount: "1",
      SentTimestamp: String(Date.now()),
      SenderId: "",
      ApproximateFirstReceiveTimestamp: String(Date.now()),
    },
    messageAttributes: {
      "eventfork.errorClass": text("RejectedError"),
      "eventfork.errorCode": text(reason.code),
      "eventfork.reason": text(reason.text),
    },
    md5OfBody: "",
    eventSource: "aws:sqs",
    eventSourceARN: `arn:aws:sqs:x:0:${integration}-dead`,
    awsRegion: "x",
  };
}

function eventBody(id: string, subject = "usr_1"): string {
  const data = { userId: subject, email: `${subject}@lovelace.dev`, name: "Ada", marketingConsent: false };
  const time = "2026-11-23T10:00:00.000Z";
  return JSON.stringify({ specversion: "1.0", id, type: "user.signed_up", source: "web", time, subject, data });
}

async function bury(ids: readonly string[], integration: IntegrationName = "slack", code = "no_text"): Promise<void> {
  const reason = { code, text: `Slack: ${code}.` };
  const records = ids.map((id, i) => toRecord(eventBody(id, `usr_${i}`), reason, integration));
  await DeadLetters.archive({ ...ctx, integration }, records);
}

async function receive(name: IntegrationName): Promise<string[]> {
  const bodies: string[] = [];
  for (;;) {
    const command = new ReceiveMessageCommand({ QueueUrl: ctx.messaging.queues[name].url, MaxNumberOfMessages: 10 });
    const { Messages = [] } = await ctx.messaging.sqs.send(command);
    if (Messages.length === 0) return bodies.map((body) => JSON.parse(body).id).sort();
    bodies.push(...Messages.map(({ Body = "" }) => Body));
  }
}

const ids = (n: number) => Array.from({ length: n }, (_, i) => `evt_${String(i).padStart(4, "0")}`);
const everything = { source: "dead_letters", filter: {} } as const;

/** What a consumer's records say of a delivery. */
async function deliver(eventIds: readonly string[], integration: IntegrationName = "slack"): Promise<void> {
  await ctx.db.$executeRaw`
    UPDATE delivery SET status = 'delivered', updated_at = now() WHERE integration = ${integration} AND event_id = ANY(${[...eventIds]})`;
  await ctx.db.deadLetter.updateMany({
    where: { integration, eventId: { in: [...eventIds] }, status: { in: ["open", "replaying"] } },
    data: { status: "resolved" },
  });
}

describe("a replay", () => {
  test("sends each dead letter once to its own queue, and ends when all have an outcome", async () => {
    const all = ids(25);
    await bury(all);
    expect(await previewReplay(ctx, { selection: everything })).toMatchObject({ total: 25, people: 25, whyNone: null });
    const { id } = await startReplay(ctx, { selection: everything, perSecond: 500 });
    await advanceReplays(ctx, { untilMs: 400 });
    expect(await getReplay(ctx, { id })).toMatchObject({
      state: "running",
      figures: { total: 25, inFlight: 25, sent: 25 },
    });
    expect(await receive("slack")).toEqual(all);
    await deliver(all.slice(0, 20));
    await bury(all.slice(20), "slack", "invalid_blocks");
    await advanceReplays(ctx, { untilMs: 400 });
    expect(await getReplay(ctx, { id })).toMatchObject({
      state: "completed_with_failures",
      figures: { total: 25, delivered: 20, failed: 5, inFlight: 0 },
    });
    const [letter] = (await DeadLetters.listDeadLetters(ctx, { status: "open" })).deadLetters;
    expect(letter).toMatchObject({ errorCode: "invalid_blocks", deaths: 2, replays: 1, replayId: id });
    const detail = await DeadLetters.getDeadLetter(ctx, { id: letter?.id ?? "" });
    expect(detail.history).toMatchObject([{ errorCode: "no_text", replayId: id }]);
    expect(detail.replayList).toMatchObject([{ replayId: id, itemState: "failed", note: "Slack: invalid_blocks." }]);
  });

  test("of a paused integration waits and says so, and goes on once it is resumed", async () => {
    await bury(ids(3));
    await pauseIntegration(ctx, { integration: "slack", reason: "maintenance" });
    const { id } = await startReplay(ctx, { selection: everything, perSecond: 500 });
    await advanceReplays(ctx, { untilMs: 300 });
    expect(await getReplay(ctx, { id })).toMatchObject({
      state: "waiting",
      sentence: expect.stringContaining("Slack is paused"),
    });
    expect(await receive("slack")).toEqual([]);
    await resumeIntegration(ctx, { integration: "slack" });
    ctx.now = () => new Date(Date.now() + 5_000);
    await advanceReplays(ctx, { untilMs: 300 });
    expect(await receive("slack")).toEqual(ids(3));
  });

  test("is paused, resumed and cancelled: what was not sent is open again", async () => {
    await bury(ids(40));
    const { id } = await startReplay(ctx, { selection: everything, perSecond: 20 });
    await advanceReplays(ctx, { untilMs: 500 });
    await pauseReplay(ctx, { id });
    const { figures } = await getReplay(ctx, { id });
    expect(figures.sent).toBeGreaterThan(0);
    await advanceReplays(ctx, { untilMs: 300 });
    expect((await getReplay(ctx, { id })).figures.sent).toBe(figures.sent);
    await resumeReplay(ctx, { id });
    await advanceReplays(ctx, { untilMs: 300 });
    const cancelled = await cancelReplay(ctx, { id });
    expect(cancelled).toMatchObject({ state: "cancelled", isEnded: true, figures: { remaining: 0 } });
    expect(await DeadLetters.countOpen(ctx)).toBe(cancelled.figures.cancelled);
    expect(cancelled.figures.cancelled + cancelled.figures.sent).toBe(40);
  });
});
