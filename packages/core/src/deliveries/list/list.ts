import { z } from "zod";
import type { DeliveryModel } from "../../platform/db/index.ts";
import { all, byKey, type Db, Prisma } from "../../platform/db/index.ts";
import { type Ctx, decodeCursor, encodeCursor, pageInput, parseInput } from "../../platform/index.ts";
import { isOrdered, notOrdered } from "../../platform/input.ts";
import {
  type DeliveryFilter,
  type DeliveryStatus,
  deliveryFilterShape,
  deliveryStatuses,
  resolveSearchText,
  type SearchTarget,
  statusesOf,
  timesOf,
  unindexedConditions,
} from "./filter.ts";

const deliverySorts = ["changed", "event", "next_try"] as const;
export type DeliverySort = (typeof deliverySorts)[number];

const times = {
  changed: { column: Prisma.sql`d.updated_at`, of: (row: DeliveryItem) => row.updatedAt },
  event: null,
  next_try: { column: Prisma.sql`d.next_attempt_at`, of: (row: DeliveryItem) => row.nextAttemptAt ?? new Date(0) },
} as const satisfies Record<DeliverySort, unknown>;

type Order = { by: Prisma.Sql; after: (cursor: string) => Prisma.Sql; cursorOf: (row: DeliveryItem) => string };

function orderOf(sort: DeliverySort, direction: "asc" | "desc"): Order {
  const time = times[sort];
  const key = [Prisma.sql`d.event_id`, Prisma.sql`d.integration`];
  const columns = time === null ? key : [time.column, ...key];
  const [word, comparison] = direction === "asc" ? ["ASC", ">"] : ["DESC", "<"];
  return {
    by: Prisma.join(columns.map((column) => Prisma.sql`${column} ${Prisma.raw(word)}`)),
    after: (cursor) => {
      const parts = [...(time === null ? [] : ["time" as const]), "text" as const, "text" as const];
      const values = decodeCursor(cursor, parts).map((value, i) =>
        time !== null && i === 0 ? Prisma.sql`${value}::timestamptz` : Prisma.sql`${value}`,
      );
      return Prisma.sql`(${Prisma.join(columns)}) ${Prisma.raw(comparison)} (${Prisma.join(values)})`;
    },
    cursorOf: (row) =>
      encodeCursor([...(time === null ? [] : [time.of(row).toISOString()]), row.eventId, row.integration]),
  };
}

type Hidden = "isPossiblyDelivered" | "receiveCount" | "durationMs";
export type DeliveryItem = Omit<DeliveryModel, "status" | Hidden> & { status: DeliveryStatus };

export type DeliveryPage = {
  deliveries: DeliveryItem[];
  next: string | null;
  /** Set when the page ended at the scan limit. */
  scanned: { rows: number; to: Date } | null;
};

export const listDeliveriesInput = z
  .object({
    ...deliveryFilterShape,
    sort: z.enum(deliverySorts).default("changed"),
    direction: z.enum(["asc", "desc"]).default("desc"),
    ...pageInput,
  })
  .refine(isOrdered, notOrdered);

/** Neighboring rows share pages of the table; failed deliveries are scattered. */
const scanLimit = { neighbours: 10_000, scattered: 2_500 };

const eventsOfPerson = 2_000;

/**
 * An index serves integration, status and time; other filters scan up to the limit. `next_try` lists unfinished
 * deliveries only.
 */
export async function listDeliveries(
  ctx: Pick<Ctx, "db">,
  input: z.input<typeof listDeliveriesInput> = {},
): Promise<DeliveryPage> {
  const { cursor, limit, sort, direction, ...filter } = parseInput(listDeliveriesInput, input);
  const target = filter.text === undefined ? null : await resolveSearchText(ctx.db, filter.text);
  if (filter.text !== undefined && target === null) return { deliveries: [], next: null, scanned: null };
  const order = orderOf(sort, direction);
  const page = cursor === undefined ? [] : [order.after(cursor)];
  const isScattered = sort === "changed" && statusesOf(filter, target)?.includes("delivered") === false;
  const bound = isScattered ? scanLimit.scattered : scanLimit.neighbours;
  const reading = { filter, target, sort, order, page, limit, bound };
  return toPage(await read(ctx.db, reading), reading);
}

type Read = {
  filter: DeliveryFilter;
  target: SearchTarget | null;
  sort: DeliverySort;
  order: Order;
  page: readonly Prisma.Sql[];
  limit: number;
  bound: number;
};

type ScannedRow = DeliveryItem & { fits: boolean; place: number };

/** Merges parts read from an index: every row read is scanned. Includes the row at the limit. */
async function read(db: Db, reading: Read): Promise<ScannedRow[]> {
  const { order, limit, bound } = reading;
  const parts = await partsOf(db, reading);
  if (parts.length === 0) return [];
  return db.$queryRaw<ScannedRow[]>`
    SELECT ${columns}, fits, place::int AS place FROM (
      SELECT d.*, row_number() OVER (ORDER BY ${order.by}) AS place
      FROM (${Prisma.join([...parts], " UNION ALL ")}) d ORDER BY ${order.by} LIMIT ${bound}
    ) d WHERE fits OR place = ${bound} ORDER BY ${order.by} LIMIT ${limit + 1}`;
}

async function partsOf(db: Db, reading: Read): Promise<Prisma.Sql[]> {
  const { filter, target, sort, order, page, bound } = reading;
  const unindexed = unindexedConditions(filter, target?.kind === "error" ? target.text : null);
  const statuses = statusesOf(filter, target);
  const times = timesOf(filter);
  const part = (from: Prisma.Sql, conditions: readonly Prisma.Sql[], unserved: readonly Prisma.Sql[]) => Prisma.sql`(
    SELECT d.*, ${all(unserved)} AS fits FROM ${from} WHERE ${all([...conditions, ...page])} ORDER BY ${order.by} LIMIT ${bound})`;
  const table = Prisma.sql`delivery d`;
  const ofIntegration = filter.integration === undefined ? [] : [Prisma.sql`d.integration = ${filter.integration}`];
  const ofStatus = statuses === null ? [] : [Prisma.sql`d.status = ANY(${[...statuses]})`];
  if (target?.kind === "event" || target?.kind === "person") {
    return [part(deliveriesOf(target), [...times, ...ofIntegration, ...ofStatus, ...unindexed], [])];
  }
  if (sort === "event") return [part(table, [], [...times, ...ofIntegration, ...ofStatus, ...unindexed])];
  if (sort === "changed" && filter.integration === undefined && statuses === null)
    return [part(table, times, unindexed)];
  const names = filter.integration === undefined ? await listNames(db) : [filter.integration];
  const at = (name: string) => Prisma.sql`d.integration = ${name}`;
  if (sort === "next_try") {
    const unfinished = Prisma.sql`d.status = 'retrying'`;
    return names.map((name) => part(table, [at(name), unfinished], [...times, ...ofStatus, ...unindexed]));
  }
  return names.flatMap((name) =>
    (statuses ?? deliveryStatuses).map((status) =>
      part(table, [at(name), Prisma.sql`d.status = ${status}`, ...times], unindexed),
    ),
  );
}

function deliveriesOf(target: Exclude<SearchTarget, { kind: "error" }>): Prisma.Sql {
  if (target.kind === "event") return Prisma.sql`(SELECT * FROM delivery WHERE event_id = ${target.id}) d`;
  return Prisma.sql`(
    SELECT id FROM event WHERE subject = ${target.subject} ORDER BY recorded_at DESC, id DESC LIMIT ${eventsOfPerson}
  ) e CROSS JOIN LATERAL (SELECT * FROM delivery WHERE event_id = e.id ${byKey}) d`;
}

/** A loose index scan; includes removed integrations. */
async function listNames(db: Db): Promise<string[]> {
  const rows = await db.$queryRaw<{ name: string }[]>`
    WITH RECURSIVE found AS (
      (SELECT integration AS name FROM delivery ORDER BY integration LIMIT 1)
      UNION ALL
      SELECT (SELECT d.integration FROM delivery d WHERE d.integration > found.name ORDER BY d.integration LIMIT 1) FROM found
      WHERE found.name IS NOT NULL
    ) SELECT name FROM found WHERE name IS NOT NULL`;
  return rows.map(({ name }) => name);
}

function toPage(rows: readonly ScannedRow[], { order, limit, bound }: Read): DeliveryPage {
  const fitting = rows.filter(({ fits }) => fits);
  const deliveries = fitting.slice(0, limit).map(({ fits: _fits, place: _place, ...row }) => row);
  const lastShown = deliveries.at(-1);
  const isFull = fitting.length > limit && lastShown !== undefined;
  const last = isFull ? lastShown : rows.find(({ place }) => place === bound);
  if (last === undefined) return { deliveries, next: null, scanned: null };
  return { deliveries, next: order.cursorOf(last), scanned: isFull ? null : { rows: bound, to: last.updatedAt } };
}

const columns = Prisma.sql`d.event_id AS "eventId", d.integration, d.event_type AS "eventType", d.status, d.attempts,
  d.first_attempt_at AS "firstAttemptAt", d.last_attempt_at AS "lastAttemptAt", d.next_attempt_at AS "nextAttemptAt",
  d.delivered_at AS "deliveredAt", d.response, d.error_class AS "errorClass", d.error_code AS "errorCode",
  d.error_message AS "errorMessage", d.updated_at AS "updatedAt"`;
