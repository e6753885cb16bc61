import { setTimeout as sleep, setImmediate as yieldOnce } from "node:timers/promises";
import * as Outbox from "@eventfork/core/outbox";
import type { Db } from "@eventfork/core/platform/db";
import { createEvents } from "@eventfork/local/workload";

/** An open loop: a call begins at its time, however slow the others are. */
export async function beginAtRate<Result>(
  { count, everyMs }: { count: number; everyMs: number },
  begin: (index: number) => Promise<Result>,
): Promise<Result[]> {
  const startedAt = performance.now();
  const begun: Promise<Result>[] = [];
  for (let index = 0; index < count; index += 1) {
    const waitMs = startedAt + index * everyMs - performance.now();
    await (waitMs > 0 ? sleep(waitMs) : yieldOnce());
    const call = begin(index);
    call.catch(() => undefined);
    begun.push(call);
  }
  return Promise.all(begun);
}

export async function sendAtRate(
  ctx: Outbox.PublishCtx,
  { rate, count, from }: { rate: number; count: number; from: number },
): Promise<{ commitMs: number[]; refused: number[] }> {
  const sent = await beginAtRate({ count, everyMs: 1_000 / rate }, async (index) => {
    const begunAt = performance.now();
    const isRecorded = await Outbox.recordMany(ctx.db, createEvents(1, from + index)).then(
      () => true,
      () => false,
    );
    const ms = performance.now() - begunAt;
    await Outbox.publishPending(ctx).catch(() => undefined);
    return { number: from + index, ms, isRecorded };
  });
  return {
    commitMs: sent.filter(({ isRecorded }) => isRecorded).map(({ ms }) => ms),
    refused: sent.filter(({ isRecorded }) => !isRecorded).map(({ number }) => number),
  };
}

const rowsAtOnce = 1_000;

export async function recordBacklog(db: Db, events: readonly Outbox.NewEvent[]): Promise<void> {
  for (let i = 0; i < events.length; i += rowsAtOnce) await Outbox.recordMany(db, events.slice(i, i + rowsAtOnce));
}
