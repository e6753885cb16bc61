import { setTimeout as sleep } from "node:timers/promises";
import { waitFor } from "@eventfork/local/supervisor";
import { createTestCtx, narrowToOwn } from "@eventfork/testing";
import { deadLetterRecord } from "@eventfork/testing/dead-letter-records";
import { startMapping } from "@eventfork/worker/mappings";
import { afterEach, beforeEach, expect, test } from "vitest";
import * as DeadLetters from "../../dead-letters/index.ts";
import { consume } from "../../deliveries/consume.ts";
import type { Envelope } from "../../events/index.ts";
import { type Ctx, noMetrics, RejectedError, silentLogger } from "../../platform/index.ts";
import { delivered, failed, type Outcome } from "../../providers/index.ts";
import { integrations } from "../../topology/index.ts";
import { advanceReplays, cancelReplay, getReplay, type Replay, startReplay } from "../index.ts";

const total = 10_000;
const causes = ["no_text", "invalid_blocks", "msg_too_long", "is_archived", "no_permission"];
const causeOf = (n: number) => (n % 10 < 3 ? causes[0] : causes[1 + (n % 4)]) ?? "";
const idOf = (n: number) => `evt_${String(n).padStart(5, "0")}`;

let ctx: Ctx;
let effects: Map<string, number>;
let answer: () => Outcome;
let stops: (() => Promise<void>)[];

beforeEach(async () => {
  ctx = await createTestCtx();
  effects = new Map();
  answer = () => delivered("ok");
  stops = [];
});
afterEach(() => Promise.all(stops.map((stop) => stop())));

function startConsumer(): void {
  const connection = {
    async deliver(events: readonly Envelope[]) {
      for (const { id } of events) effects.set(id, (effects.get(id) ?? 0) + 1);
      return events.map(answer);
    },
  };
  const own = { messaging: narrowToOwn(ctx.messaging, "slack"), integration: "slack" as const };
  const consumeCtx = { ...ctx, ...own, topology: integrations.slack, connection };
  const common = {
    sqs: ctx.messaging.sqs,
    batchSize: 100,
    windowMs: 0,
    intervalMs: 0,
    timeoutSeconds: 10,
    log: silentLogger,
  };
  const more = { metrics: noMetrics, retryScale: 0.001, random: Math.random };
  const consumer = startMapping({
    ...common,
    queueUrl: ctx.messaging.queues.slack.url,
    maximumConcurrency: 2,
    handler: ({ Records }) => consume({ ...consumeCtx, ...more }, Records, AbortSignal.timeout(8_000)),
  });
  const archiver = startMapping({
    ...common,
    queueUrl: ctx.messaging.queues.slack.deadLetterUrl,
    maximumConcurrency: 1,
    handler: ({ Records }) => DeadLetters.archive({ ...ctx, integration: "slack" }, Records),
  });
  stops.push(consumer.stop, archiver.stop);
}

async function createDeadLetters(count: number): Promise<void> {
  for (let from = 0; from < count; from += 500) {
    const records = Array.from({ length: Math.min(500, count - from) }, (_, i) =>
      deadLetterRecord({ id: idOf(from + i), subject: `usr_${from + i}`, code: causeOf(from + i) }),
    );
    await DeadLetters.archive({ ...ctx, integration: "slack" }, records);
  }
}

async function watch(id: string, isEnough: (replay: Replay) => boolean): Promise<Replay[]> {
  const seen: Replay[] = [];
  let isOver = false;
  const advancing = (async () => {
    while (!isOver) await advanceReplays(ctx, { untilMs: 1_000 });
  })();
  await waitFor("the replay", 60_000, async () => {
    const replay = await getReplay(ctx, { id });
    seen.push(replay);
    return isEnough(replay);
  });
  isOver = true;
  await advancing;
  return seen;
}

function expectRight(replays: readonly Replay[], count: number): void {
  let [sent, delivered] = [0, 0];
  for (const { figures, isSelected } of replays) {
    const { remaining, inFlight, failed, skipped, cancelled } = figures;
    expect(remaining + inFlight + figures.delivered + failed + skipped + cancelled).toBe(figures.total);
    if (isSelected) expect(figures.total).toBe(count);
    expect(figures.sent).toBeGreaterThanOrEqual(sent);
    expect(figures.delivered).toBeGreaterThanOrEqual(delivered);
    [sent, delivered] = [figures.sent, figures.delivered];
  }
}

test("of 10,000 dead letters in five groups, one group is replayed at 200/s: each once, nothing else, with correct figures throughout", {
  timeout: 90_000,
}, async () => {
  await createDeadLetters(total);
  const { groups } = await DeadLetters.listGroups(ctx);
  const counts = new Map(groups.map(({ errorCode, open }) => [errorCode, open]));
  for (const cause of causes) {
    expect(counts.get(cause)).toBe(
      Array.from({ length: total }, (_, n) => causeOf(n)).filter((c) => c === cause).length,
    );
  }
  const group = groups.find(({ errorCode }) => errorCode === causes[0])?.fingerprint ?? "";
  startConsumer();
  const startedAt = performance.now();
  const { id } = await startReplay(ctx, { selection: { source: "dead_letters", filter: { group } }, perSecond: 200 });
  const seen = await watch(id, ({ isEnded }) => isEnded);
  const seconds = (performance.now() - startedAt) / 1_000;
  expect(seconds).toBeGreaterThan(14);
  expect(seconds).toBeLessThan(30);
  expectRight(seen, 3_000);
  expect(seen.length).toBeGreaterThan(20);
  expect(seen.at(-1)).toMatchObject({ state: "completed", figures: { delivered: 3_000 } });
  const wanted = Array.from({ length: total }, (_, n) => n)
    .filter((n) => causeOf(n) === causes[0])
    .map(idOf);
  expect([...effects.keys()].sort()).toEqual(wanted);
  expect([...effects.values()].every((count) => count === 1)).toBe(true);
  expect(await DeadLetters.countOpen(ctx)).toBe(7_000);
  for (const name of ["analytics", "mailchimp"]) {
    expect(await ctx.db.delivery.count({ where: { integration: name } })).toBe(0);
  }
});

test("a replay that is canceled halfway stops within two seconds, and the rest stays open", {
  timeout: 60_000,
}, async () => {
  await createDeadLetters(1_000);
  startConsumer();
  const { id } = await startReplay(ctx, { selection: { source: "dead_letters", filter: {} }, perSecond: 200 });
  let isOver = false;
  const advancing = (async () => {
    while (!isOver) await advanceReplays(ctx, { untilMs: 1_000 });
  })();
  await waitFor("half of it", 20_000, async () => (await getReplay(ctx, { id })).figures.sent >= 500);
  const { figures } = await cancelReplay(ctx, { id });
  await sleep(2_000);
  const stopped = await getReplay(ctx, { id });
  expect(stopped.figures.sent).toBe(figures.sent);
  expect(stopped).toMatchObject({ state: "cancelled", figures: { remaining: 0 } });
  await waitFor("what was sent", 20_000, async () => (await getReplay(ctx, { id })).figures.inFlight === 0);
  isOver = true;
  await advancing;
  const ended = await getReplay(ctx, { id });
  expect(ended.figures.delivered).toBe(effects.size);
  expect(ended.figures.delivered + ended.figures.cancelled).toBe(1_000);
  expect(await DeadLetters.countOpen(ctx)).toBe(ended.figures.cancelled);
});

test("a replay to a broken integration ends: everything is dead-lettered again, with the new reason", {
  timeout: 60_000,
}, async () => {
  await createDeadLetters(200);
  startConsumer();
  answer = () => failed(new RejectedError("Slack: still broken.", { code: "still_broken" }));
  const { id } = await startReplay(ctx, { selection: { source: "dead_letters", filter: {} }, perSecond: 1_000 });
  const [last] = (await watch(id, ({ isEnded }) => isEnded)).slice(-1);
  expect(last).toMatchObject({ state: "completed_with_failures", figures: { failed: 200, delivered: 0 } });
  const deadLetters = await ctx.db.deadLetter.findMany();
  expect(deadLetters).toHaveLength(200);
  expect(
    deadLetters.every(
      ({ status, reason, deadLetterCount }) =>
        status === "open" && reason === "Slack: still broken." && deadLetterCount === 2,
    ),
  ).toBe(true);
  const { groups } = await DeadLetters.listGroups(ctx);
  expect(groups).toMatchObject([{ errorCode: "still_broken", open: 200 }]);
});
