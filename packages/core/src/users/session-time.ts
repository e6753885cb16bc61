import type { Role } from "../kernel/index.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Since it was last used, and since it began. */
const longestMs = {
  person: { idle: 7 * dayMs, whole: 30 * dayMs },
  operator: { idle: 12 * hourMs, whole: 7 * dayMs },
} as const;

/** The cookie's lifetime: the longest session there is. When a session ends, the database alone knows. */
export const cookieSeconds = longestMs.person.whole / 1_000;

/** A session in use is written this seldom. */
export const usedAtMostEveryMs = 10 * 60_000;

export type SessionTimes = { createdAt: Date; usedAt: Date };

/** When a session ends unless it is used again, and at the latest however often it is. */
export function sessionEnd(role: Role, { createdAt, usedAt }: SessionTimes): Date {
  const { idle, whole } = role === "user" ? longestMs.person : longestMs.operator;
  return new Date(Math.min(usedAt.getTime() + idle, createdAt.getTime() + whole));
}
