import * as DeadLetters from "@eventfork/core/dead-letters";
import * as History from "@eventfork/core/history";
import type { Ctx } from "@eventfork/core/platform";
import { type Db, Prisma } from "@eventfork/core/platform/db";
import * as Replays from "@eventfork/core/replays";
import { startTemporaryPostgres } from "@eventfork/local/postgres";
import { Supervisor } from "@eventfork/local/supervisor";
import { createMigrated, startBenchBroker, timeCalls } from "./stack.ts";

const rowsPerInsert = 50_000;
const rounds = 40;
const groups = 50;
const mostMoved = 20_000;
const batchSize = 10;
const sideBySide = 4;

const eventId = Prisma.sql`'evt_' || lpad(n::text, 20, '0')`;

/** Four of five are open, over ninety days. */
async function fill(db: Db, count: number): Promise<void> {
  await db.$executeRaw`ALTER TABLE dead_letter DISABLE TRIGGER USER`;
  await db.$executeRaw`DROP INDEX dead_letter_search_text`;
  for (let from = 0; from < count; from += rowsPerInsert) {
    const to = Math.min(count, from + rowsPerInsert) - 1;
    await db.$executeRaw`
      INSERT INTO dead_letter (id, integration, event_id, event_type, subject, message_id, body, attributes, receive_count, archived_at,
        error_class, error_code, reason, fingerprint, status, status_at, replays)
      SELECT 'dlt_' || lpad(n::text, 20, '0'), (ARRAY['slack', 'mailchimp', 'analytics'])[1 + n % 3], ${eventId},
        CASE WHEN n % 1000 = 0 THEN 'user.left' WHEN n % 4 = 0 THEN 'user.logged_in' ELSE 'user.signed_up' END, 'usr_' || n % 300000,
        'message-' || n, json_build_object('specversion', '1.0', 'id', ${eventId}, 'type', 'user.signed_up', 'source', 'web',
          'time', '2026-11-23T10:00:00.000Z', 'subject', 'usr_' || n % 300000,
          'data', json_build_object('userId', 'usr_' || n % 300000, 'email', 'person' || n || '@example.com', 'name', 'Person ' || n,
            'marketingConsent', false))::text,
        '{}', 1, now() - n * interval '7 seconds', 'RejectedError', 'code_' || n % ${groups}::int, 'The third party says no.',
        substr(md5((n % ${groups}::int)::text), 1, 16), CASE WHEN n % 5 = 4 THEN 'resolved' ELSE 'open' END, now(), (n % 500 = 0)::int
      FROM generate_series(${from}::int, ${to}::int) n`;
    await db.$executeRaw`
      INSERT INTO dead_letter_search (id, text)
      SELECT 'dlt_' || lpad(n::text, 20, '0'),
        '1.0 ' || ${eventId} || ' user.signed_up web usr_' || n % 300000 || ' person' || n || '@example.com person ' || n
      FROM generate_series(${from}::int, ${to}::int) n`;
    await db.$executeRaw`
      INSERT INTO delivery (event_id, integration, event_type, status, attempts, first_attempt_at, last_attempt_at, updated_at)
      SELECT ${eventId}, (ARRAY['slack', 'mailchimp', 'analytics'])[1 + n % 3], 'user.signed_up', 'dead', 1, now(), now(), now()
      FROM generate_series(${from}::int, ${to}::int) n`;
  }
  await db.$transaction(
    async (tx) => {
      await tx.$executeRaw`SET LOCAL statement_timeout = 0`;
      await tx.$executeRaw`SET LOCAL maintenance_work_mem = '512MB'`;
      await tx.$executeRaw`CREATE INDEX dead_letter_search_text ON dead_letter_search USING GIN (text gin_trgm_ops)`;
      await tx.$executeRaw`ALTER TABLE dead_letter ENABLE TRIGGER USER`;
    },
    { timeout: 600_000 },
  );
  await DeadLetters.rebuildGroups({ db });
  for (const table of ["dead_letter", "dead_letter_search", "dead_letter_group", "dead_letter_person", "delivery"]) {
    await db.$executeRawUnsafe(`ANALYZE ${table}`);
  }
}

type Timed = { name: string; medianMs: number; p95Ms: number };

async function time(name: string, call: () => Promise<unknown>): Promise<Timed> {
  const [medianMs, p95Ms] = await timeCalls(rounds, call);
  return { name, medianMs, p95Ms };
}

async function measureLists(ctx: Ctx): Promise<Timed[]> {
  const list = (filter: Parameters<typeof DeadLetters.listDeadLetters>[1]) => () =>
    DeadLetters.listDeadLetters(ctx, filter);
  const { groups } = await DeadLetters.listGroups(ctx);
  const group = groups[0]?.fingerprint ?? "";
  let deep = (await DeadLetters.listDeadLetters(ctx, { limit: 200 })).next ?? "";
  for (let page = 0; page < 20; page += 1) {
    deep = (await DeadLetters.listDeadLetters(ctx, { limit: 200, cursor: deep })).next ?? "";
  }
  const middle = new Date(Date.now() - 40 * 24 * 3_600_000);
  const { deadLetters } = await DeadLetters.listDeadLetters(ctx, { limit: 1 });
  const id = deadLetters[0]?.id ?? "";
  return [
    await time("groups", () => DeadLetters.listGroups(ctx)),
    await time("one group", () => DeadLetters.getGroup(ctx, { fingerprint: group })),
    await time("list, all", list({})),
    await time("list, all, page 22", list({ cursor: deep })),
    await time("list, open of one integration", list({ integration: "slack", status: "open" })),
    await time("list, of one group", list({ group })),
    await time("list, of a rare type", list({ eventType: "user.left" })),
    await time("list, from a time in the middle", list({ to: middle, status: "open" })),
    await time("list, replayed before", list({ replayed: true })),
    await time("list, text that one has", list({ text: "person777777@" })),
    await time("list, text that all have", list({ text: "example.com" })),
    await time("list, text that none has", list({ text: "nobody@nowhere" })),
    await time("count of open ones", () => DeadLetters.countOpen(ctx)),
    await time("detail", () => History.getDeadLetter(ctx, { id })),
  ];
}

async function measurePreviews(ctx: Ctx) {
  const previews = [
    ["preview, one group", { group: (await DeadLetters.listGroups(ctx)).groups[0]?.fingerprint ?? "" }],
    ["preview, one integration", { integration: "slack" }],
    ["preview, everything", {}],
  ] as const;
  const results: { name: string; ms: number; total: number }[] = [];
  for (const [name, filter] of previews) {
    const startedAt = performance.now();
    const { total } = await Replays.previewReplay(ctx, { selection: { source: "dead_letters", filter } });
    results.push({ name, ms: Math.round(performance.now() - startedAt), total });
  }
  return results;
}

/** Messages a second, in batches of ten. */
async function measureArchive(ctx: Ctx, archived: number): Promise<number> {
  const record = (n: number) => ({
    messageId: `archived-${n}`,
    receiptHandle: "",
    body: JSON.stringify({
      ...{ specversion: "1.0", id: `evt_archived_${n}`, type: "user.signed_up", source: "web" },
      ...{ time: "2026-11-23T10:00:00.000Z", subject: `usr_${n}` },
      data: { userId: `usr_${n}`, email: `person${n}@example.com`, name: `Person ${n}`, marketingConsent: false },
    }),
    attributes: {
      ...{ ApproximateReceiveCount: "1", SentTimestamp: "1780000000000", SenderId: "" },
      ApproximateFirstReceiveTimestamp: "1780000000000",
    },
    messageAttributes: {},
    ...{ md5OfBody: "", eventSource: "aws:sqs", eventSourceARN: "", awsRegion: "" },
  });
  const startedAt = performance.now();
  let next = 0;
  const work = async () => {
    while (next < archived) {
      const from = next;
      next += batchSize;
      const records = Array.from({ length: batchSize }, (_, i) => record(from + i));
      await DeadLetters.archive({ ...ctx, integration: "slack" }, records);
    }
  };
  await Promise.all(Array.from({ length: sideBySide }, work));
  return Math.round(archived / ((performance.now() - startedAt) / 1_000));
}

async function measureReplay(ctx: Ctx, replayed: number) {
  const rows = await ctx.db.deadLetter.findMany({
    where: { status: "open", integration: "slack" },
    orderBy: { archivedAt: "desc" },
    take: replayed,
    select: { archivedAt: true },
  });
  const from = rows.at(-1)?.archivedAt ?? new Date(0);
  const selection = { source: "dead_letters", filter: { integration: "slack", from } } as const;
  const startedAt = performance.now();
  const { id } = await Replays.startReplay(ctx, { selection, perSecond: 5_000 });
  for (;;) {
    await Replays.advanceReplays(ctx, { untilMs: 1_000 });
    const { figures, isSelected, startedAt: firstAt } = await Replays.getReplay(ctx, { id });
    if (!isSelected || figures.remaining > 0) continue;
    const last = await ctx.db.replayItem.aggregate({ where: { replayId: id }, _max: { sendingAt: true } });
    const sendingMs = (last._max.sendingAt?.getTime() ?? 0) - (firstAt?.getTime() ?? 0);
    return {
      messages: figures.sent,
      perSecondWithSelection: Math.round(figures.sent / ((performance.now() - startedAt) / 1_000)),
      perSecondSending: Math.round(figures.sent / (sendingMs / 1_000)),
    };
  }
}

async function measure(ctx: Ctx, count: number) {
  process.stderr.write(`filling ${count.toLocaleString("en")} dead letters\n`);
  await fill(ctx.db, count);
  const lists = await measureLists(ctx);
  const previews = await measurePreviews(ctx);
  const archivedPerSecond = await measureArchive(ctx, Math.min(mostMoved, count));
  const foldStart = performance.now();
  const changes = await DeadLetters.applyCountDeltas(ctx);
  const fold = { changes, ms: Math.round(performance.now() - foldStart) };
  const replay = await measureReplay(ctx, Math.min(mostMoved, count));
  return { deadLetters: count, lists, previews, archivedPerSecond, fold, replay };
}

export async function benchDeadLetters({ count, isJson }: { count: number; isJson: boolean }): Promise<void> {
  const supervisor = new Supervisor((line) => process.stderr.write(`${line}\n`));
  const postgres = await startTemporaryPostgres();
  try {
    const open = await startBenchBroker(supervisor);
    const ctx = open(await createMigrated(postgres.server, "bench_dead_letters"));
    const report = await measure(ctx, count);
    await ctx.db.$disconnect();
    console.log(isJson ? JSON.stringify(report) : toText(report));
  } finally {
    await Promise.all([supervisor.stop(), postgres.stop()]);
  }
}

function toText(report: Awaited<ReturnType<typeof measure>>): string {
  const { lists, previews, archivedPerSecond, fold, replay } = report;
  return [
    `${report.deadLetters.toLocaleString("en")} dead letters; server time of ${rounds} calls`,
    ...lists.map(({ name, medianMs, p95Ms }) => `  ${name.padEnd(34)} median ${medianMs} ms, p95 ${p95Ms} ms`),
    ...previews.map(({ name, ms, total }) => `  ${name.padEnd(34)} ${ms} ms for ${total.toLocaleString("en")}`),
    `archived          ${archivedPerSecond} messages/s, ${batchSize} at a time, ${sideBySide} side by side`,
    `counts added up   ${fold.changes} changes in ${fold.ms} ms`,
    `replayed          ${replay.perSecondSending} messages/s while sending, ${replay.perSecondWithSelection}/s with finding them (${replay.messages})`,
  ].join("\n");
}
