import type { Range } from "@eventfork/core/rollups";
import { formatDate } from "../../lib/format.ts";

const [secondMs, minuteMs, hourMs] = [1_000, 60_000, 3_600_000];

export function listStarts({ from, to, interval }: Range): Date[] {
  const starts: Date[] = [];
  if (interval.kind === "days") {
    const day = new Date(from);
    for (day.setHours(0, 0, 0, 0); day < to; day.setDate(day.getDate() + 1)) starts.push(new Date(day));
    return starts;
  }
  const stepMs = interval.minutes * minuteMs;
  const firstMs = Math.floor(from.getTime() / stepMs) * stepMs;
  for (let timeMs = firstMs; timeMs < to.getTime(); timeMs += stepMs) starts.push(new Date(timeMs));
  return starts;
}

export function formatTime(at: Date, { from, to, interval }: Range): { short: string; full: string } {
  if (interval.kind === "days") return { short: formatDate(at, "day"), full: formatDate(at, "weekday") };
  const isOneDay = to.getTime() - from.getTime() <= 24 * hourMs;
  return { short: formatDate(at, isOneDay ? "time" : "dayAndTime"), full: formatDate(at, "minute") };
}

const mostSteps = 4;

function scaleBy(step: number, largest: number): number[] {
  return Array.from({ length: Math.max(1, Math.ceil(largest / step)) + 1 }, (_, n) => n * step);
}

export function scaleCounts(largest: number): number[] {
  const power = 10 ** Math.max(0, Math.floor(Math.log10(largest / mostSteps)));
  return scaleBy(power * ([1, 2, 5].find((factor) => factor * power * mostSteps >= largest) ?? 10), largest);
}

const latencySteps = [
  ...[50, 100, 250, 500],
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * secondMs),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * minuteMs),
  ...[1, 2, 4, 6, 12, 24, 48].map((hours) => hours * hourMs),
];

export function scaleLatency(largest: number): number[] {
  const step = latencySteps.find((one) => one * mostSteps >= largest);
  return scaleBy(step ?? Math.ceil(largest / mostSteps / hourMs) * hourMs, largest);
}

export function formatLatency(ms: number | null): string {
  const format = (count: number, digits: number, unit: string) => `${count.toFixed(digits).replace(".0", "")} ${unit}`;
  if (ms === null) return "—";
  if (ms < secondMs) return format(ms, 0, "ms");
  if (ms < minuteMs) return format(ms / secondMs, ms < 10 * secondMs ? 1 : 0, "s");
  if (ms < hourMs) return format(ms / minuteMs, ms < 10 * minuteMs ? 1 : 0, "min");
  return format(ms / hourMs, 1, "h");
}
