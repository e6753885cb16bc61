import { z } from "zod";
import { inputText, inputTime, isOrdered, notOrdered } from "../platform/input.ts";
import { dayMs, defaultRange, hourMs, minuteMs, rangeLengthsMs, rangeNames } from "./presets.ts";

const minuteDays = 8;

const startOfMinute = (at: Date) => new Date(Math.floor(at.getTime() / minuteMs) * minuteMs);
export const startOfHour = (at: Date) => new Date(Math.floor(at.getTime() / hourMs) * hourMs);
const endOfMinute = (at: Date) => new Date(startOfMinute(at).getTime() + minuteMs);
export const endOfHour = (at: Date) => new Date(startOfHour(at).getTime() + hourMs);

export const keepsMinutesFrom = (now: Date) => startOfHour(new Date(now.getTime() - minuteDays * dayMs + hourMs));

/** Excludes offsets, whose sign Postgres inverts. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][\w+-]*(\/[\w+-]+)*$/.test(name)) return false;
  try {
    return Boolean(new Intl.DateTimeFormat("en", { timeZone: name }));
  } catch {
    return false;
  }
}

export const rangeInput = z
  .object({
    range: z.enum(rangeNames).default(defaultRange),
    from: inputTime.optional(),
    to: inputTime.optional(),
    timeZone: inputText
      .refine(isTimeZone, "should be the name of an IANA time zone, such as Europe/Berlin")
      .default("UTC"),
  })
  .refine(isOrdered, notOrdered);

export type Interval = { kind: "minutes"; minutes: number } | { kind: "days"; timeZone: string };

export type Range = { from: Date; to: Date; interval: Interval };

const maximumPoints = 62;
const intervalMinutes = [1, 5, 15, 60];

export function resolveRange(input: z.output<typeof rangeInput>, now: Date): Range {
  const end = input.from !== undefined && input.to !== undefined && input.to < now ? input.to : now;
  const begin = input.from ?? new Date(end.getTime() - rangeLengthsMs[input.range]);
  const minutesFrom = keepsMinutesFrom(now);
  const interval = chooseInterval(end.getTime() - begin.getTime(), begin < minutesFrom, input.timeZone);
  const isFine = interval.kind === "minutes" && interval.minutes < 60;
  const to = end < minutesFrom ? endOfHour(end) : endOfMinute(end);
  const from = isFine
    ? startOfMinute(input.from ?? new Date(to.getTime() - rangeLengthsMs[input.range]))
    : startOfHour(begin);
  return { from, to, interval };
}

function chooseInterval(lengthMs: number, isOld: boolean, timeZone: string): Interval {
  if (lengthMs > 8 * dayMs) return { kind: "days", timeZone };
  const minutes = intervalMinutes.find((minutes) => lengthMs / (minutes * minuteMs) <= maximumPoints) ?? 240;
  return { kind: "minutes", minutes: isOld ? Math.max(60, minutes) : minutes };
}
