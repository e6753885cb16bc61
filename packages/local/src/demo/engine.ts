import { randomUUID } from "node:crypto";
import type { Message, SendMessageBatchCommandInput } from "@aws-sdk/client-sqs";
import { archive } from "@eventfork/core/dead-letters";
import { consume } from "@eventfork/core/deliveries";
import type { Envelope, EventRow } from "@eventfork/core/events";
import { sendTestEvent } from "@eventfork/core/integrations";
import { type Ctx, EventforkError, noMetrics } from "@eventfork/core/platform";
import { queueOf } from "@eventfork/core/platform/aws";
import {
  type DeliveryError,
  delivered,
  errorTables,
  failed,
  mailchimpRow,
  rowFor,
  shortAnswer,
  toDeliveryError,
} from "@eventfork/core/providers";
import { advanceReplays, startReplay } from "@eventfork/core/replays";
import { integrations, type RequiredName } from "@eventfork/core/topology";
import { toRecord } from "@eventfork/worker/mappings";
import { checkEmail } from "../sandbox/mailchimp/problems.ts";

export type PublishedEvent = EventRow & { publishedAt: Date };

export type DemoFault = { code: string; response: string; retryAfterSeconds?: number };

type Received = Message & { receiveCount?: number };

export type Engine = ReturnType<typeof createEngine>;

export const acceptance = { analytics: "HTTP 200", mailchimp: "new member", slack: "posted" } as const;
const stepMs = 2_000;
const advanceMs = 60;
const perSecond = 100;

export function drawDuration(integration: RequiredName, random: () => number): number {
  return Math.round({ analytics: 62, mailchimp: 340, slack: 185 }[integration] * Math.exp(1.6 * random() - 0.8));
}

export function createEngine(ctx: Ctx, random: () => number) {
  const sent: Message[] = [];
  const send = async ({ input }: { input: Partial<SendMessageBatchCommandInput> }) => {
    for (const { MessageBody: Body, MessageAttributes } of input.Entries ?? []) sent.push({ Body, MessageAttributes });
    return { Successful: [], Failed: [] };
  };
  const sqs = new Proxy(ctx.messaging.sqs, { get: (own, key) => (key === "send" ? send : Reflect.get(own, key)) });
  const past = { ...ctx, messaging: { ...ctx.messaging, sqs } };
  const toRecordAt = (at: number, { receiveCount = 1, ...message }: Received) => {
    const time = { SentTimestamp: String(at), ApproximateFirstReceiveTimestamp: String(at) };
    const Attributes = { ...time, ApproximateReceiveCount: String(receiveCount) };
    return toRecord({ MessageId: randomUUID(), ...message, Attributes }, "");
  };

  async function attempt(at: number, integration: RequiredName, batch: readonly Received[], fault?: DemoFault) {
    const endedAt = at + drawDuration(integration, random);
    let now = at;
    const deliver = async (events: readonly Envelope[]) => {
      now = endedAt;
      const errors = events.map((event) => findError(integration, event, fault));
      return errors.map((error) => (error === null ? delivered(acceptance[integration]) : failed(error)));
    };
    const sleep = async (milliseconds: number) => {
      now += milliseconds;
    };
    const own = { integration, topology: integrations[integration], connection: { deliver }, metrics: noMetrics };
    const messaging = { sqs, queue: queueOf(ctx.messaging, integration) };
    const consumer = { ...ctx, ...own, messaging, now: () => new Date(now), random, retryScale: 1, sleep };
    const records = batch.map((message) => toRecordAt(at, message));
    await consume(consumer, records, new AbortController().signal);
    const dead = sent.splice(0).flatMap((one) => (one.Body === undefined ? [] : [toRecordAt(endedAt, one)]));
    if (dead.length > 0) await archive({ ...ctx, integration, now: () => new Date(endedAt + stepMs) }, dead);
  }

  async function sendTest(operator: Ctx, integration: RequiredName) {
    await sendTestEvent({ ...operator, messaging: past.messaging }, { integration });
    await attempt(operator.now().getTime() + stepMs, integration, sent.splice(0));
  }

  async function replay(operator: Ctx, integration: RequiredName, asked: Parameters<typeof startReplay>[1]) {
    const started = await startReplay(operator, { perSecond, ...asked }).catch((error: unknown) => {
      if (error instanceof EventforkError && error.code === "NOT_FOUND") return null;
      throw error;
    });
    let at = operator.now().getTime();
    const actor = { kind: "system", name: "replay" } as const;
    const advancing = { ...past, actor, now: () => new Date(at) };
    for (let isOver = started === null; !isOver; at += stepMs) {
      await advanceReplays(advancing, { untilMs: advanceMs });
      await attempt(at, integration, sent.splice(0));
      const left = await ctx.db.replay.count({ where: { id: started?.id ?? "", nextAt: { not: null } } });
      isOver = left === 0;
    }
  }

  return { attempt, replay, sendTest };
}

function findError(integration: RequiredName, { data }: Envelope, fault: DemoFault | undefined): DeliveryError | null {
  const { title } = integrations[integration];
  if (fault !== undefined)
    return toDeliveryError(title, rowFor(errorTables[integration], fault.code, "http_5xx"), fault);
  const email = String(data.email);
  const problem = integration === "mailchimp" ? checkEmail(email) : undefined;
  if (problem === undefined) return null;
  const response = shortAnswer(`HTTP ${problem.status} ${problem.title} ${problem.detail}`, [email]);
  return toDeliveryError(title, mailchimpRow(problem.status, problem), { code: problem.title, response });
}
