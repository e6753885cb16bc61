import { setTimeout as sleep } from "node:timers/promises";
import * as Outbox from "@eventfork/core/outbox";
import type { Db } from "@eventfork/core/platform/db";
import type { Produced } from "../audit/index.ts";
import { createEvents } from "../workload/index.ts";

const chunksPerSecond = 4;
const againAfterMs = 250;

export async function produce(db: Db, options: { events: number; durationMs: number }): Promise<Produced> {
  const chunks = Math.max(1, Math.round((options.durationMs / 1_000) * chunksPerSecond));
  const size = Math.ceil(options.events / chunks);
  const startedAt = performance.now();
  const produced: Produced[number][] = [];
  for (let from = 0; from < options.events; from += size) {
    const events = createEvents(Math.min(size, options.events - from), from);
    const subjects = events.map(({ data }) => String(data.userId));
    await commit(db, events, subjects);
    produced.push(...events.map(({ type }, i) => ({ type, userId: subjects[i] ?? "" })));
    const nextAt = startedAt + ((from + size) / options.events) * options.durationMs;
    await sleep(Math.max(0, nextAt - performance.now()));
  }
  return produced;
}

async function commit(db: Db, events: readonly Outbox.NewEvent[], subjects: readonly string[]): Promise<void> {
  for (let isFirst = true; ; isFirst = false) {
    try {
      // A commit whose response was lost may have happened.
      const count = isFirst ? 0 : await db.event.count({ where: { subject: { in: [...subjects] } } });
      if (count === 0) await Outbox.recordMany(db, events);
      return;
    } catch {
      await sleep(againAfterMs);
    }
  }
}
