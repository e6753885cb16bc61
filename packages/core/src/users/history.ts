import { z } from "zod";
import type { ErasureModel } from "../db/generated/models.ts";
import type { DeliveryStatus } from "../deliveries/index.ts";
import { type Ctx, decodeCursor, encodeCursor, pageInput, parseInput } from "../kernel/index.ts";

export const listPersonEventsInput = z.object({ userId: z.string().min(1).max(100), ...pageInput });

export type PersonEvent = {
  id: string;
  type: string;
  source: string;
  recordedAt: Date;
  erasedAt: Date | null;
  deliveries: { integration: string; status: DeliveryStatus; attempts: number }[];
};

type EventRow = Omit<PersonEvent, "deliveries">;

export async function listPersonEvents(
  { db }: Pick<Ctx, "db">,
  input: z.input<typeof listPersonEventsInput>,
): Promise<{ events: PersonEvent[]; next: string | null }> {
  const { userId, cursor, limit } = parseInput(listPersonEventsInput, input);
  const [at = "infinity", before = ""] = cursor === undefined ? [] : decodeCursor(cursor, 2);
  const rows = await db.$queryRaw<EventRow[]>`
    SELECT id, type, source, recorded_at AS "recordedAt", erased_at AS "erasedAt" FROM event
    WHERE subject = ${userId} AND (recorded_at, id) < (${at}::timestamptz, ${before})
    ORDER BY recorded_at DESC, id DESC LIMIT ${limit + 1}`;
  const page = rows.slice(0, limit);
  const deliveries = await db.delivery.findMany({
    where: { eventId: { in: page.map(({ id }) => id) } },
    select: { eventId: true, integration: true, status: true, attempts: true },
    orderBy: [{ eventId: "asc" }, { integration: "asc" }],
  });
  const grouped = Map.groupBy(deliveries, ({ eventId }) => eventId);
  const events = page.map((event) => ({
    ...event,
    deliveries: (grouped.get(event.id) ?? []).map(({ integration, status, attempts }) => ({
      integration,
      status: status as DeliveryStatus,
      attempts,
    })),
  }));
  const last = page.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  return { events, next: hasMore ? encodeCursor([last.recordedAt.toISOString(), last.id]) : null };
}

export async function getErasure(
  { db }: Pick<Ctx, "db">,
  { userId }: { userId: string },
): Promise<ErasureModel | null> {
  return db.erasure.findUnique({ where: { userId } });
}
