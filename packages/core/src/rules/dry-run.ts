import { compile, explainCompiled, isSamePolicy, matches, type Policy } from "@eventfork/filter-policy";
import { z } from "zod";
import { toEnvelope } from "../events/index.ts";
import type { RuleVersionModel } from "../platform/db/index.ts";
import { type Ctx, EventforkError, inputText, isNestedTooDeep, maximumLevels, parseInput } from "../platform/index.ts";
import { integrationInput } from "../platform/input.ts";
import { DryRunAccumulator, type DryRunEvent, type DryRunReport, type RecentEvents } from "./dry-run-accumulator.ts";
import { type FitCtx, policyOf, readNewest, readPolicyText, requireFit, ruleScope } from "./versions.ts";

type DryRunCtx = Pick<Ctx, "db"> & FitCtx;

export const dryRunInput = integrationInput.extend({
  policyText: inputText.max(300_000),
  last: z.int32().min(1).max(100_000).default(1_000),
});

/** @throws EventforkError `INVALID` with each problem of the draft. */
export async function* dryRun(ctx: DryRunCtx, input: z.input<typeof dryRunInput>): AsyncGenerator<DryRunReport> {
  const { integration, policyText, last } = parseInput(dryRunInput, input);
  const newest = await readNewest(ctx.db, integration);
  const draft = compile(readDraft(ctx, policyText, newest), ruleScope);
  const current = compile(policyOf(newest), ruleScope);
  const recent: RecentEvents = await startRecent(ctx, last);
  const accumulator = new DryRunAccumulator(current, draft, recent);
  for await (const events of readRecent(ctx, recent)) {
    for (const event of events) accumulator.add(event);
    if (accumulator.done < recent.total) yield accumulator.report(newest.version, false);
  }
  yield accumulator.report(newest.version, true);
}

export const testEventInput = integrationInput.extend({
  policyText: inputText.max(300_000),
  event: z.union([z.object({ id: inputText.min(1).max(200) }), z.object({ text: inputText.max(300_000) })]),
});

/** @throws EventforkError `INVALID` for the draft or the text; `NOT_FOUND` without the event. */
export async function testEvent(ctx: DryRunCtx, input: z.input<typeof testEventInput>) {
  const { integration, policyText, event } = parseInput(testEventInput, input);
  const newest = await readNewest(ctx.db, integration);
  const draft = compile(readDraft(ctx, policyText, newest), ruleScope);
  const current = compile(policyOf(newest), ruleScope);
  const body = "id" in event ? await readRecorded(ctx, event.id) : readText(event.text);
  const applyRule = (rule: typeof draft) => ({
    isWanted: matches(rule, { body }),
    because: explainCompiled(rule, { body }),
  });
  return { version: newest.version, body, current: applyRule(current), draft: applyRule(draft) };
}

function readDraft(ctx: DryRunCtx, text: string, newest: RuleVersionModel): Policy {
  const policy = readPolicyText(text);
  return isSamePolicy(policy, policyOf(newest)) ? policy : requireFit(policy, ctx);
}

async function readRecorded({ db }: Pick<Ctx, "db">, id: string): Promise<DryRunEvent["body"]> {
  const row = await db.event.findUnique({ where: { id } });
  if (row === null) throw new EventforkError("NOT_FOUND", `No event ${id} is recorded.`);
  return toEnvelope(row);
}

function readText(text: string): unknown {
  const body = parseText(text);
  if (!isNestedTooDeep(body, 0)) return body;
  throw new EventforkError("INVALID", `The event is nested deeper than ${maximumLevels} levels, and no door takes it.`);
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new EventforkError("INVALID", "The event is not JSON. Paste it as it goes over the wire.", { cause });
  }
}

const eventsPerStep = 5_000;

async function startRecent({ db }: Pick<Ctx, "db">, last: number): Promise<RecentEvents> {
  const [row] = await db.$queryRaw<RecentEvents[]>`
    SELECT count(*)::int AS total, coalesce(extract(epoch FROM max(recorded_at)) * 1000, 0)::float8 AS newest,
      coalesce(extract(epoch FROM min(recorded_at)) * 1000, 0)::float8 AS oldest
    FROM (SELECT recorded_at FROM event ORDER BY recorded_at DESC, id DESC LIMIT ${last}) recent`;
  return row ?? { total: 0, newest: 0, oldest: 0 };
}

type Packed = [
  id: string,
  type: string,
  source: string,
  time: string,
  subject: string | null,
  traceparent: string | null,
  data: unknown,
  recordedAt: number,
];

/** One JSON text per step reads several times faster than one row per event. */
async function* readRecent({ db }: Pick<Ctx, "db">, { total }: RecentEvents): AsyncGenerator<DryRunEvent[]> {
  let from = { at: "infinity", id: "" };
  for (let left = total; left > 0; left -= eventsPerStep) {
    const [row] = await db.$queryRaw<{ events: string | null; at: string; id: string }[]>`
      SELECT '[' || string_agg(packed, ',' ORDER BY recorded_at DESC, id DESC) || ']' AS events,
        min(recorded_at)::text AS at, (array_agg(id ORDER BY recorded_at, id))[1] AS id
      FROM (
        SELECT recorded_at, id, json_build_array(id, type, source,
          to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), subject, traceparent, data,
          extract(epoch FROM recorded_at) * 1000)::text AS packed
        FROM event WHERE (recorded_at, id) < (${from.at}::timestamptz, ${from.id})
        ORDER BY recorded_at DESC, id DESC LIMIT ${Math.min(eventsPerStep, left)}
      ) step`;
    if (row === undefined || row.events === null) return;
    from = row;
    const packed: Packed[] = JSON.parse(row.events);
    yield packed.map(unpack);
  }
}

function unpack([id, type, source, time, subject, traceparent, data, recordedAt]: Packed): DryRunEvent {
  const body: Record<string, unknown> = { specversion: "1.0", id, type, source, time };
  if (subject !== null) body["subject"] = subject;
  if (traceparent !== null) body["traceparent"] = traceparent;
  body["data"] = data;
  return { id, type, recordedAt, body };
}
