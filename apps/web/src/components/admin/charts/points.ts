import type { Outcomes, Range } from "@eventfork/core/rollups";
import { addDays, format, startOfDay } from "date-fns";

const minuteMs = 60_000;

/** When each interval of a range begins; days begin in the viewer's zone. */
function startsOf({ from, to, interval }: Range): Date[] {
  const starts: Date[] = [];
  if (interval.kind === "days") {
    for (let day = startOfDay(from); day < to; day = addDays(day, 1)) starts.push(day);
    return starts;
  }
  const step = interval.minutes * minuteMs;
  const first = Math.floor(from.getTime() / step) * step;
  for (let time = first; time < to.getTime(); time += step) starts.push(new Date(time));
  return starts;
}

/** A point for every interval of a range: what is not among those that are known has none of anything. */
export function fill<Point extends { at: Date }>(
  range: Range,
  points: readonly Point[],
  none: Omit<Point, "at">,
): Point[] {
  const known = new Map(points.map((point) => [point.at.getTime(), point]));
  return startsOf(range).map((at) => known.get(at.getTime()) ?? ({ at, ...none } as Point));
}

/** The sum of several integrations' points. */
export function addUp(lists: readonly (readonly ({ at: Date } & Outcomes)[])[]): ({ at: Date } & Outcomes)[] {
  const sums = new Map<number, { at: Date } & Outcomes>();
  for (const { at, delivered, retried, died, refused } of lists.flat()) {
    const sum = sums.get(at.getTime()) ?? { at, delivered: 0, retried: 0, died: 0, refused: 0 };
    sums.set(at.getTime(), {
      at,
      delivered: sum.delivered + delivered,
      retried: sum.retried + retried,
      died: sum.died + died,
      refused: sum.refused + refused,
    });
  }
  return [...sums.values()];
}

/** The index of the interval that a moment lies in. */
export function indexOf(starts: readonly Date[], at: Date): number {
  return starts.findLastIndex((start) => start <= at);
}

/** How a point's time is said on an axis and in full. */
export function sayTime(at: Date, { from, to, interval }: Range): { short: string; full: string } {
  if (interval.kind === "days") return { short: format(at, "d MMM"), full: format(at, "EEEE, d MMMM yyyy") };
  const isOneDay = to.getTime() - from.getTime() <= 86_400_000;
  return { short: format(at, isOneDay ? "HH:mm" : "d MMM, HH:mm"), full: format(at, "d MMM yyyy, HH:mm") };
}

const [second, minute, hour] = [1_000, 60_000, 3_600_000];

/** Between two lines of a scale of time: numbers that people count in. */
const latencySteps = [
  ...[50, 100, 250, 500],
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * second),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * minute),
  ...[1, 2, 4, 6, 12, 24, 48].map((hours) => hours * hour),
];
const mostSteps = 4;

/** The lines of a scale from nothing to the longest of these times. */
export function scaleLatency(times: readonly (number | null)[]): number[] {
  const longest = Math.max(0, ...times.map((ms) => ms ?? 0));
  const step = latencySteps.find((one) => one * mostSteps >= longest) ?? Math.ceil(longest / mostSteps / hour) * hour;
  return Array.from({ length: Math.max(1, Math.ceil(longest / step)) + 1 }, (_, n) => n * step);
}

/** A line of that scale in words. */
export function sayLatencyLine(ms: number): string {
  return ms === 0 ? "0" : sayLatency(ms).replace(".0 ", " ");
}

/** "1.3 s", "2 min", of milliseconds. */
export function sayLatency(ms: number | null): string {
  if (ms === null) return "—";
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  if (ms < 3_600_000) return `${(ms / 60_000).toFixed(ms < 600_000 ? 1 : 0)} min`;
  return `${(ms / 3_600_000).toFixed(1)} h`;
}
