import type { AttemptModel, Db, DeliveryModel } from "../platform/db/index.ts";

/** Adds first successes, which only deliveries hold. Unsorted. */
export function completeAttempts(
  attempts: readonly AttemptModel[],
  deliveries: readonly DeliveryModel[],
): AttemptModel[] {
  return [...attempts, ...deliveries.flatMap(toFirstSuccess)];
}

function toFirstSuccess(delivery: DeliveryModel): AttemptModel[] {
  const { eventId, integration, receiveCount, durationMs, lastAttemptAt: startedAt } = delivery;
  if (receiveCount === null || durationMs === null) return [];
  const { response, errorCode, errorMessage } = delivery;
  const result = { outcome: "delivered", response, errorCode, errorMessage };
  return [{ eventId, integration, number: 1, receiveCount, startedAt, durationMs, ...result }];
}

/** The latest 100, newest first. */
export async function listAttempts(
  db: Db,
  key: Pick<AttemptModel, "eventId" | "integration">,
): Promise<AttemptModel[]> {
  const [attempts, delivery] = await Promise.all([
    db.attempt.findMany({ where: key, orderBy: { number: "desc" }, take: 100 }),
    db.delivery.findUnique({ where: { eventId_integration: key } }),
  ]);
  return completeAttempts(attempts, delivery === null ? [] : [delivery]);
}
