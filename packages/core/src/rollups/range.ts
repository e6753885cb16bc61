import { z } from "zod";
import { endOfHour, endOfMinute, hourMs, keepsMinutesFrom, minuteMs, startOfHour, startOfMinute } from "./steps.ts";

const dayMs = 24 * hourMs;

/** Presets of a time range, up to now. */
export const rangeNames = ["15m", "1h", "6h", "24h", "7d", "30d", "90d"] as const;
export type RangeName = (typeof rangeNames)[number];

const lengths: Record<RangeName, number> = {
  "15m": 15 * minuteMs,
  "1h": hourMs,
  "6h": 6 * hourMs,
  "24h": dayMs,
  "7d": 7 * dayMs,
  "30d": 30 * dayMs,
  "90d": 90 * dayMs,
};

const knownZones = () => new Set([...Intl.supportedValuesOf("timeZone"), "UTC"]);

export const rangeInput = z
  .object({
    /** A preset, or from and to. */
    range: z.enum(rangeNames).default("1h"),
    from: z.coerce.date().optional(),
    to: z.coerce.date().optional(),
    /** Whose days a chart of days has: an IANA name. */
    timeZone: z
      .string()
      .refine((zone) => knownZones().has(zone), "should be an IANA time zone, such as Europe/Berlin")
      .default("UTC"),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from < to, {
    path: ["to"],
    message: "should be after from",
  });

/** What a chart's points stand for: a number of minutes, or a day of the viewer's zone. */
export type Interval = { kind: "minutes"; minutes: number } | { kind: "days"; timeZone: string };

export type Range = { from: Date; to: Date; interval: Interval };

/** At most about this many points; fewer are hard to read from, more are hard to tell apart. */
const maximumPoints = 62;
const intervalMinutes = [1, 5, 15, 60];

/**
 * The range that is shown: whole minutes up to the one that `to` lies in; whole hours where minutes are no longer kept, and from a whole
 * hour on where a point stands for an hour or more.
 */
export function resolveRange(input: z.output<typeof rangeInput>, now: Date): Range {
  const end = input.from !== undefined && input.to !== undefined && input.to < now ? input.to : now;
  const begin = input.from ?? new Date(end.getTime() - lengths[input.range]);
  const minutesFrom = keepsMinutesFrom(now);
  const interval = chooseInterval(end.getTime() - begin.getTime(), begin < minutesFrom, input.timeZone);
  const isFine = interval.kind === "minutes" && interval.minutes < 60;
  const to = end < minutesFrom ? endOfHour(end) : endOfMinute(end);
  // A preset of an hour has sixty whole minutes, the current one included.
  const from = isFine ? startOfMinute(input.from ?? new Date(to.getTime() - lengths[input.range])) : startOfHour(begin);
  return { from, to, interval };
}

function chooseInterval(lengthMs: number, isOld: boolean, timeZone: string): Interval {
  if (lengthMs > 8 * dayMs) return { kind: "days", timeZone };
  const minutes = intervalMinutes.find((minutes) => lengthMs / (minutes * minuteMs) <= maximumPoints) ?? 240;
  return { kind: "minutes", minutes: isOld ? Math.max(60, minutes) : minutes };
}
