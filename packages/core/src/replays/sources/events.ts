import { type CompiledRule, compile, matches } from "@eventfork/filter-policy";
import { type EventRow, isSendable, toEnvelope } from "../../events/index.ts";
import { byKey, type Db, Prisma, type Tx } from "../../platform/db/index.ts";
import { type Ctx, EventforkError, passOver } from "../../platform/index.ts";
import { type AcceptedVersion, decide, readAccepted, readPolicyText, ruleScope } from "../../rules/index.ts";
import { graceSeconds } from "../../topology/index.ts";
import type { EventSelection } from "../input.ts";

type Place = { at: Date; id: string };

type FoundStep = {
  scanned: number;
  events: { id: string; subject: string | null }[];
  next: Place | null;
};

export type EventSearch = {
  versions: { first: number; active: number } | null;
  readStep: (db: Db | Tx, after: Place | null, limit: number) => Promise<FoundStep>;
};

type SearchCtx = Pick<Ctx, "db"> & Partial<Pick<Ctx, "log" | "passedOver">>;

type SearchedEvent = EventRow & { place: Date };

/** @throws EventforkError `NOT_FOUND` without that version, `INVALID` for a wrong policy. */
export async function searchEvents(ctx: SearchCtx, selection: EventSelection, until: Date): Promise<EventSearch> {
  const { db } = ctx;
  switch (selection.source) {
    case "overdue":
      return { versions: null, readStep: (on, after, limit) => readOverdue(on, selection, until, after, limit) };
    case "filtered": {
      const versions = await readAccepted(db, selection.integration);
      const { first, active } = chooseVersions(versions, selection);
      return {
        versions: { first: first.version, active: active.version },
        readStep: async (on, after, limit) => {
          const from = after ?? { at: first.acceptedAt, id: "" };
          const rows = await readPublished(on, selection.integration, [], { from, until, limit });
          return toStep(ctx, rows, limit, (event) => isWantedNow(versions, active, event));
        },
      };
    }
    case "backfill": {
      const isWanted = await readBackfillRule(db, selection);
      const conditions = selection.types === undefined ? [] : [Prisma.sql`e.type = ANY(${selection.types})`];
      const end = selection.to === undefined || selection.to > until ? until : selection.to;
      return {
        versions: null,
        readStep: async (on, after, limit) => {
          const from = after ?? { at: new Date((selection.from?.getTime() ?? 1) - 1), id: "\u{10FFFF}" };
          const rows = await readPublished(on, selection.integration, conditions, { from, until: end, limit });
          return toStep(ctx, rows, limit, isWanted);
        },
      };
    }
  }
}

function chooseVersions(
  versions: readonly AcceptedVersion[],
  { integration, since }: Extract<EventSelection, { source: "filtered" }>,
): { first: AcceptedVersion; active: AcceptedVersion } {
  const [active, previous] = versions;
  if (active === undefined)
    throw new EventforkError("NOT_FOUND", `No version of ${integration}'s rule has been accepted.`);
  const first = since === undefined ? (previous ?? active) : versions.find(({ version }) => version === since);
  if (first === undefined)
    throw new EventforkError("NOT_FOUND", `${integration}'s rule has no version ${since} that has been accepted.`);
  return { first, active };
}

function isWantedNow(versions: readonly AcceptedVersion[], active: AcceptedVersion, event: SearchedEvent): boolean {
  const body = toEnvelope(event);
  if (!matches(active.rule, { body })) return false;
  const decision = decide(versions, event.place, body);
  return decision !== null && (decision.because.length > 0 || decision.contested !== null);
}

async function readBackfillRule(
  db: Db,
  { integration, wantedOnly, policyText }: Extract<EventSelection, { source: "backfill" }>,
): Promise<(event: SearchedEvent) => boolean> {
  const rules: CompiledRule[] = [];
  if (policyText !== undefined) rules.push(compile(readPolicyText(policyText), ruleScope));
  if (wantedOnly) {
    const [active] = await readAccepted(db, integration);
    if (active === undefined) {
      const message = `No version of ${integration}'s rule has been accepted: it wants nothing. Pass wantedOnly: false to send every event.`;
      throw new EventforkError("NOT_FOUND", message);
    }
    rules.push(active.rule);
  }
  return (event) => {
    const body = toEnvelope(event);
    return rules.every((rule) => matches(rule, { body }));
  };
}

function readPublished(
  db: Db | Tx,
  integration: string,
  conditions: readonly Prisma.Sql[],
  { from, until, limit }: { from: Place; until: Date; limit: number },
): Promise<SearchedEvent[]> {
  const more = conditions.map((condition) => Prisma.sql`AND ${condition}`);
  return db.$queryRaw<SearchedEvent[]>`
    SELECT e.id, e.type, e.source, e.subject, e.time, e.data, e.traceparent, e.published_at AS place FROM event e
    WHERE ${isSendable} AND e.published_at IS NOT NULL AND e.published_at < ${until}
      AND (e.published_at, e.id) > (${from.at}::timestamptz, ${from.id}) ${more.length === 0 ? Prisma.empty : Prisma.join(more, " ")}
      AND NOT EXISTS (SELECT FROM delivery d WHERE d.event_id = e.id AND d.integration = ${integration} ${byKey})
      AND NOT EXISTS (SELECT FROM sent_anyway s WHERE s.event_id = e.id AND s.integration = ${integration} ${byKey})
      AND NOT EXISTS (SELECT FROM replay_item i WHERE i.event_id = e.id AND i.integration = ${integration}
        AND i.state IN ('pending', 'sending', 'sent') ${byKey})
    ORDER BY e.published_at, e.id LIMIT ${limit}`;
}

async function readOverdue(
  db: Db | Tx,
  { integration }: EventSelection,
  until: Date,
  after: Place | null,
  limit: number,
): Promise<FoundStep> {
  const recently = new Date(until.getTime() - graceSeconds * 1_000);
  const rows = await db.$queryRaw<SearchedEvent[]>`
    SELECT e.id, e.type, e.source, e.subject, e.time, e.data, e.traceparent, o.since AS place
    FROM overdue o JOIN event e ON e.id = o.event_id
    WHERE ${isSendable} AND o.integration = ${integration} AND o.found_at <= ${until}
      AND (o.since, o.event_id) > (${after?.at ?? new Date(0)}::timestamptz, ${after?.id ?? ""})
      AND NOT EXISTS (SELECT FROM delivery d WHERE d.event_id = e.id AND d.integration = o.integration
        AND d.status IN ('delivered', 'dead') ${byKey})
      AND NOT EXISTS (SELECT FROM replay_item i WHERE i.event_id = e.id AND i.integration = o.integration
        AND (i.state IN ('pending', 'sending') OR (i.state = 'sent' AND i.sending_at > ${recently})) ${byKey})
    ORDER BY o.since, o.event_id LIMIT ${limit}`;
  return toStep({}, rows, limit, () => true);
}

function toStep(
  ctx: Omit<SearchCtx, "db">,
  rows: readonly SearchedEvent[],
  limit: number,
  isWanted: (event: SearchedEvent) => boolean,
): FoundStep {
  const isFound = (event: SearchedEvent) => {
    try {
      return isWanted(event);
    } catch (error) {
      passOver(ctx, "choosing events", event.id, error);
      return false;
    }
  };
  const last = rows.at(-1);
  return {
    scanned: rows.length,
    events: rows.filter(isFound).map(({ id, subject }) => ({ id, subject })),
    next: last === undefined || rows.length < limit ? null : { at: last.place, id: last.id },
  };
}
