import { setTimeout as sleep } from "node:timers/promises";
import { maskReason } from "../dead-letters/index.ts";
import type { QueueMessaging } from "../platform/aws/index.ts";
import type { Prisma, ReplayModel } from "../platform/db/index.ts";
import type { Ctx } from "../platform/index.ts";
import { passOver } from "../platform/index.ts";
import { type IntegrationName, integrationNames, integrations } from "../topology/index.ts";
import { releaseSome, rowsPerRelease } from "./control.ts";
import { dropLease, type Lease, renewLease, takeLease } from "./lease.ts";
import { RateLimiter } from "./rate-limiter.ts";
import { resolveInterruptedSends, sendSome, settleSome } from "./send.ts";
import { selectSome } from "./sources/select.ts";
import { hasEnded } from "./view.ts";

export type AdvanceCtx = Pick<Ctx, "db" | "actor" | "now" | "log" | "passedOver"> & { messaging: QueueMessaging };

const concurrency = 4;

const pollMs = 200;
const idleTimeoutMs = 10_000;
const lookAgainMs = 10_000;
const afterErrorMs = 5_000;
const waitingMs = 1_000;

/** Leases separate processes. */
export async function advanceReplays(ctx: AdvanceCtx, { untilMs }: { untilMs: number }): Promise<{ advanced: number }> {
  const deadline = performance.now() + untilMs;
  let advanced = 0;
  const work = async () => {
    while (performance.now() < deadline) {
      const lease = await takeLease(ctx);
      if (lease === null) return;
      advanced += 1;
      await advanceOne(ctx, lease, deadline);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return { advanced };
}

async function advanceOne(ctx: AdvanceCtx, lease: Lease, deadline: number): Promise<void> {
  let nextAt: Date | null;
  try {
    nextAt = await runUntil(ctx, lease, deadline);
  } catch (error) {
    passOver(ctx, "advancing replays", lease.replayId, error);
    nextAt = rescheduleIn(ctx, afterErrorMs);
  }
  await dropLease(ctx, lease, nextAt).catch(() => undefined);
}

async function runUntil(ctx: AdvanceCtx, lease: Lease, deadline: number): Promise<Date | null> {
  let limiter: RateLimiter | null = null;
  let place = 0;
  let lastChange = performance.now();
  for (;;) {
    const replay = await renewLease(ctx, lease);
    if (replay === null) return rescheduleIn(ctx, 0);
    limiter ??= new RateLimiter(ctx.now().getTime() - (replay.pacedAt?.getTime() ?? 0), replay.perSecond);
    const step = await takeStep({ ctx, lease, replay, ...(await listPauses(ctx)), limiter, place });
    if (step.kind === "over") return null;
    if (step.kind === "later") return rescheduleIn(ctx, step.ms);
    place = step.place;
    if (step.isChange) lastChange = performance.now();
    if (performance.now() >= deadline) return rescheduleIn(ctx, 0);
    if (performance.now() - lastChange > idleTimeoutMs) return rescheduleIn(ctx, lookAgainMs);
    if (step.waitMs > 0) await sleep(Math.min(step.waitMs, Math.max(0, deadline - performance.now())));
  }
}

type Step =
  | { kind: "over" }
  | { kind: "later"; ms: number }
  | { kind: "go on"; place: number; isChange: boolean; waitMs: number };

function continueAt(place: number, isChange: boolean, waitMs = 0): Step {
  return { kind: "go on", place, isChange, waitMs };
}

type Turn = {
  ctx: AdvanceCtx;
  lease: Lease;
  replay: ReplayModel;
  paused: readonly IntegrationName[];
  /** Paused by an outage, which only a delivered event ends. */
  down: readonly IntegrationName[];
  limiter: RateLimiter;
  place: number;
};

async function takeStep(turn: Turn): Promise<Step> {
  const { ctx, lease, replay, paused, place } = turn;
  const isOver = hasEnded(replay.state);
  if (isOver && replay.pending > 0) {
    const released = await releaseSome(ctx.db, replay.id, ctx.now());
    return continueAt(place, true, released < rowsPerRelease ? pollMs : 0);
  }
  if (activeStates.includes(replay.state) && !replay.isSelected) {
    await selectSome(ctx, lease, replay);
    return continueAt(place, true);
  }
  const undecided =
    replay.sending > 0 ? await resolveInterruptedSends(ctx, replay.id, { paused, hasEnded: isOver }) : 0;
  const flowingSince = isBlockedByPause(replay, paused) ? ctx.now() : replay.flowingSince;
  const settled = await settleSome(ctx, replay.id, place, flowingSince);
  const hasSettled = settled.settled > 0;
  if (isOver) {
    const left = replay.sending + replay.sent - settled.settled;
    return left === 0 ? { kind: "over" } : continueAt(settled.last, hasSettled, pollMs);
  }
  if (replay.state === "paused") {
    const isResting = replay.sent + undecided === 0;
    return isResting ? { kind: "later", ms: lookAgainMs } : continueAt(settled.last, hasSettled, pollMs);
  }
  if (hasSettled && replay.canaryState !== "sending" && replay.pending === 0) return continueAt(settled.last, true);
  if (settled.failure !== null && replay.canaryState === "sending") {
    await stopByCanary(turn, settled.failure);
    return continueAt(0, true);
  }
  return sendStep({ ...turn, place: settled.last }, hasSettled);
}

async function sendStep(turn: Turn, hasSettled: boolean): Promise<Step> {
  const { ctx, lease, replay, paused, down, limiter, place } = turn;
  if (replay.pending + replay.sending + replay.sent === 0) {
    await end(turn);
    return continueAt(place, true);
  }
  const probes = down.filter((name) => replay.integration === null || replay.integration === name);
  const isProbing = probes.length > 0 && replay.pending > 0 && replay.sending + replay.sent === 0;
  if (isBlockedByPause(replay, paused)) {
    return isProbing && isBlockedByPause(replay, down) ? probe(turn) : wait(turn);
  }
  if (replay.state === "waiting" && replay.integration !== null) await noteRunning(turn, null);
  const canaryLeft = replay.canary - replay.sending - replay.sent - replay.delivered - replay.failed;
  if (replay.canaryState === "sending" && (canaryLeft <= 0 || replay.pending === 0)) {
    if (replay.sending + replay.sent > 0 || hasSettled) return continueAt(place, hasSettled, hasSettled ? 0 : pollMs);
    if (replay.failed > 0) await stopByCanary(turn, null);
    else await passCanary(turn);
    return continueAt(place, true);
  }
  if (replay.pending === 0) return continueAt(place, hasSettled, pollMs);
  const due = limiter.due(replay.perSecond);
  const limit = replay.canaryState === "sending" ? Math.min(due, canaryLeft) : due;
  if (limit === 0) return continueAt(place, hasSettled, Math.min(pollMs, limiter.msUntilDue(replay.perSecond)));
  const { claimed, refusal } = await sendSome(ctx, lease, { limit, paused, by: replay.createdBy });
  limiter.acquire(claimed);
  if (claimed === 0) return isProbing ? probe(turn) : wait(turn);
  await noteRunning(turn, refusal);
  if (refusal !== null) return { kind: "later", ms: afterErrorMs };
  return continueAt(place, true, Math.min(pollMs, limiter.msUntilDue(replay.perSecond)));
}

async function probe(turn: Turn): Promise<Step> {
  const { ctx, lease, replay, paused, down } = turn;
  const held = paused.filter((name) => !down.includes(name));
  await sendSome(ctx, lease, { limit: 1, paused: held, by: replay.createdBy });
  return wait(turn);
}

async function listPauses({ db }: AdvanceCtx): Promise<Pick<Turn, "paused" | "down">> {
  const rows = await db.integrationState.findMany({
    where: { pausedAt: { not: null } },
    select: { integration: true, pauseKind: true },
  });
  const named = (isMeant: (kind: string | null) => boolean) =>
    integrationNames.filter((name) => rows.some((row) => row.integration === name && isMeant(row.pauseKind)));
  return { paused: named(() => true), down: named((kind) => kind === "outage") };
}

function isBlockedByPause({ integration }: ReplayModel, paused: readonly IntegrationName[]): boolean {
  return paused.some((name) => name === integration);
}

async function wait({ ctx, lease, replay, paused }: Turn): Promise<Step> {
  const held = paused.filter((name) => replay.integration === null || replay.integration === name);
  const titles = held.map((name) => integrations[name].title).join(", ");
  const [are, they] = held.length > 1 ? ["are", "they are"] : ["is", "it is"];
  const note = `${titles || "Its integration"} ${are} paused: it continues once ${they} resumed.`;
  const now = ctx.now();
  // Items have no outcome during a pause, so their time restarts.
  const change = { note, flowingSince: now };
  await update(ctx, lease, replay.state === "waiting" ? change : { ...change, state: "waiting", stateAt: now });
  return { kind: "later", ms: waitingMs };
}

async function noteRunning({ ctx, lease, replay }: Turn, refusal: string | null): Promise<void> {
  const note = refusal === null ? null : `SQS does not take the messages now (${refusal}): they are sent once it does.`;
  if (replay.state === "running" && replay.note === note) return;
  await update(ctx, lease, replay.state === "running" ? { note } : { note, state: "running", stateAt: ctx.now() });
}

async function end({ ctx, lease: { replayId, leaseId } }: Turn): Promise<void> {
  const now = ctx.now();
  await ctx.db.$executeRaw`
    UPDATE replay SET state = CASE WHEN failed > 0 THEN 'completed_with_failures' ELSE 'completed' END, state_at = ${now},
      ended_at = ${now}, note = NULL, canary_state = CASE WHEN canary_state = 'sending' THEN 'passed' ELSE canary_state END
    WHERE id = ${replayId} AND lease_id = ${leaseId} AND state IN ('running', 'waiting') AND pending + sending + sent = 0`;
}

async function passCanary({ ctx, lease: { replayId: id, leaseId } }: Turn): Promise<void> {
  await ctx.db.replay.updateMany({ where: { id, leaseId }, data: { canaryState: "passed" } });
}

async function stopByCanary({ ctx, lease, replay }: Turn, failure: string | null): Promise<void> {
  const now = ctx.now();
  const first = { where: { replayId: replay.id, state: "failed" }, orderBy: { seq: "asc" } } as const;
  const reason = failure ?? (await ctx.db.replayItem.findFirst(first))?.note ?? "it was not delivered";
  const note = `Stopped by its canary: ${maskReason(reason, "")}`.replace(/\.$/, "");
  await update(ctx, lease, { state: "stopped", stateAt: now, endedAt: now, note, canaryState: "failed" });
}

const activeStates = ["running", "waiting"];

async function update(
  { db }: AdvanceCtx,
  { replayId, leaseId }: Lease,
  data: Prisma.ReplayUpdateManyMutationInput,
): Promise<void> {
  await db.replay.updateMany({ where: { id: replayId, leaseId, state: { in: activeStates } }, data });
}

function rescheduleIn({ now }: Pick<Ctx, "now">, ms: number): Date {
  return new Date(now().getTime() + ms);
}
