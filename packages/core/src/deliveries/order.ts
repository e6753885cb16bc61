import { Prisma } from "../db/index.ts";
import { decodeCursor, encodeCursor } from "../kernel/index.ts";
import type { DeliveryItem } from "./list.ts";

/** Each has an index. */
export const deliverySorts = ["changed", "event", "next_try"] as const;
export type DeliverySort = (typeof deliverySorts)[number];
export type Direction = "asc" | "desc";

type Key = { columns: readonly [Prisma.Sql, ...Prisma.Sql[]]; of: (row: DeliveryItem) => string[]; isTime: boolean };

const tie = [Prisma.sql`d.event_id`, Prisma.sql`d.integration`] as const;

const keys: Readonly<Record<DeliverySort, Key>> = {
  changed: {
    columns: [Prisma.sql`d.updated_at`, ...tie],
    of: ({ updatedAt, eventId, integration }) => [updatedAt.toISOString(), eventId, integration],
    isTime: true,
  },
  event: { columns: [...tie], of: ({ eventId, integration }) => [eventId, integration], isTime: false },
  next_try: {
    columns: [Prisma.sql`d.next_attempt_at`, ...tie],
    of: ({ nextAttemptAt, eventId, integration }) => [
      (nextAttemptAt ?? new Date(0)).toISOString(),
      eventId,
      integration,
    ],
    isTime: true,
  },
};

export type Order = { by: Prisma.Sql; after: (cursor: string) => Prisma.Sql; cursorOf: (row: DeliveryItem) => string };

export function orderOf(sort: DeliverySort, direction: Direction): Order {
  const { columns, of, isTime } = keys[sort];
  const word = direction === "asc" ? Prisma.sql`ASC` : Prisma.sql`DESC`;
  return {
    by: Prisma.join(columns.map((column) => Prisma.sql`${column} ${word}`)),
    after: (cursor) => {
      const values = decodeCursor(cursor, columns.length).map((value, i) =>
        isTime && i === 0 ? Prisma.sql`${value}::timestamptz` : Prisma.sql`${value}`,
      );
      const [left, right] = [Prisma.join([...columns]), Prisma.join(values)];
      return direction === "asc" ? Prisma.sql`(${left}) > (${right})` : Prisma.sql`(${left}) < (${right})`;
    },
    cursorOf: (row) => encodeCursor(of(row)),
  };
}
