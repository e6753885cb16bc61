import { setTimeout as sleep } from "node:timers/promises";
import { serialiseEnvelope } from "../events/index.ts";
import { listOn, type QueueMessaging, queueOf, sendMessages } from "../platform/aws/index.ts";
import { type Ctx, messageOf } from "../platform/index.ts";
import {
  type IntegrationName,
  integrationNames,
  integrations,
  isIntegrationName,
  visibilityFactor,
} from "../topology/index.ts";
import type { Lease } from "./lease.ts";
import {
  type ClaimedItem,
  claimItems,
  markItems,
  resolveSendingItems,
  type SettledItems,
  settleSentItems,
} from "./sql.ts";

type SendCtx = Pick<Ctx, "db" | "now"> & { messaging: QueueMessaging };

/** Well within a lease. `resolveInterruptedSends` resolves messages without a response. */
const answerWithinMs = 15_000;

/** SQS never accepts these. Source: SendMessageBatch's reference page. */
const unreadable = "Unreadable";
const finalRefusals = [unreadable, "InvalidMessageContents", "InvalidParameterValue", "InvalidParameterCombination"];

type SendResult = {
  claimed: number;
  refusal: string | null;
};

/** Marks messages in their own transaction first, so that a crash leaves them identifiable. */
export async function sendSome(
  ctx: SendCtx,
  lease: Lease,
  { limit, paused, by }: { limit: number; paused: readonly IntegrationName[]; by: string },
): Promise<SendResult> {
  const claimed = await claimItems(ctx.db, lease, {
    limit,
    by,
    now: ctx.now(),
    enabled: listOn(ctx.messaging),
    paused,
  });
  const messages = claimed.filter(({ isSkipped }) => !isSkipped);
  if (messages.length === 0) return { claimed: claimed.length, refusal: null };
  const [accepted, refused, failed]: [number[], number[], { seq: number; note: string }[]] = [[], [], []];
  let refusal: string | null = null;
  const answers = await Promise.race([sendAll(ctx, lease, messages), sleep(answerWithinMs, null, { ref: false })]);
  if (answers === null) return { claimed: claimed.length, refusal: "SQS does not answer" };
  for (const [seq, answer] of answers) {
    if (answer === null) accepted.push(seq);
    else if (finalRefusals.some((code) => answer.startsWith(`${code}:`))) failed.push({ seq, note: `SQS: ${answer}` });
    else {
      refused.push(seq);
      refusal = answer;
    }
  }
  await markItems(ctx.db, lease.replayId, { accepted, refused, failed, at: ctx.now() });
  return { claimed: claimed.length, refusal };
}

async function sendAll(
  { messaging }: SendCtx,
  { replayId }: Lease,
  messages: readonly ClaimedItem[],
): Promise<[number, string | null][]> {
  const byIntegration = Map.groupBy(messages, ({ integration }) => integration);
  const answers = [...byIntegration].map(async ([name, group]): Promise<[number, string | null][]> => {
    if (!isIntegrationName(name)) return group.map(({ seq }) => [seq, "it has no queue"]);
    const written = group.map((message) => ({ seq: message.seq, ...writeBody(message) }));
    const outgoing = written.flatMap(({ seq, MessageBody }) => (MessageBody === null ? [] : [{ seq, MessageBody }]));
    // The replay's own group delays no live event.
    const grouped = outgoing.map(({ MessageBody }) => ({ MessageBody, MessageGroupId: replayId }));
    const refusals = await sendMessages(messaging.sqs, queueOf(messaging, name).url, grouped);
    const unread = written.flatMap(({ seq, error }): [number, string][] => (error === null ? [] : [[seq, error]]));
    return [...unread, ...outgoing.map(({ seq }, i): [number, string | null] => [seq, refusals[i] ?? null])];
  });
  return (await Promise.all(answers)).flat();
}

function writeBody({ body, id, ...event }: ClaimedItem): { MessageBody: string | null; error: string | null } {
  try {
    return { MessageBody: body ?? serialiseEnvelope({ ...event, id: id ?? "" }), error: null };
  } catch (error) {
    return { MessageBody: null, error: `${unreadable}: ${messageOf(error)}` };
  }
}

const itemsPerStep = 2_000;

const queueingSeconds = 30 * 60;

function settleWithinSeconds(name: IntegrationName): number {
  const { retry, timeoutSeconds } = integrations[name];
  const waits = Array.from({ length: retry.attempts - 1 }, (_, i) =>
    Math.min(retry.capSeconds, retry.baseSeconds * 2 ** i),
  );
  return waits.reduce((sum, seconds) => sum + seconds, 0) + timeoutSeconds * visibilityFactor + queueingSeconds;
}

/** A pause restarts the wait for missing outcomes (`flowingSince`). */
export async function settleSome(
  ctx: Pick<Ctx, "db" | "now">,
  replayId: string,
  after: number,
  flowingSince: Date,
): Promise<SettledItems> {
  const now = ctx.now();
  const horizons = JSON.stringify(integrationNames.map((name) => ({ name, seconds: settleWithinSeconds(name) })));
  const settled = await settleSentItems(ctx.db, replayId, { after, limit: itemsPerStep, horizons, flowingSince, now });
  return { ...settled, last: settled.scanned < itemsPerStep ? 0 : settled.last };
}

/**
 * The original dead-lettering proves no send; a duplicate finds the event delivered. Returns the number of undecided
 * messages.
 */
export async function resolveInterruptedSends(
  ctx: Pick<Ctx, "db" | "now">,
  replayId: string,
  { paused, hasEnded }: { paused: readonly IntegrationName[]; hasEnded: boolean },
): Promise<number> {
  const now = ctx.now();
  const hidden = JSON.stringify(
    integrationNames.map((name) => ({ name, seconds: integrations[name].timeoutSeconds * visibilityFactor })),
  );
  const resendState = hasEnded ? "cancelled" : "pending";
  return resolveSendingItems(ctx.db, replayId, { limit: itemsPerStep, hidden, paused, resendState, now });
}
