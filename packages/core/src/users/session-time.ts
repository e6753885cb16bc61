import type { Role } from "../kernel/index.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

const longestMs = {
  person: { idle: 7 * dayMs, whole: 30 * dayMs },
  operator: { idle: 12 * hourMs, whole: 7 * dayMs },
} as const;

/** The cookie outlasts sessions; the database decides when one ends. */
export const cookieSeconds = longestMs.person.whole / 1_000;

export const usedAtMostEveryMs = 10 * 60_000;

export type SessionTimes = { createdAt: Date; usedAt: Date };

export function sessionEnd(role: Role, { createdAt, usedAt }: SessionTimes): Date {
  const { idle, whole } = role === "user" ? longestMs.person : longestMs.operator;
  return new Date(Math.min(usedAt.getTime() + idle, createdAt.getTime() + whole));
}
