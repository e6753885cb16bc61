import { expect, test } from "vitest";
import { formatLatency, listStarts, scaleCounts, scaleLatency } from "./points.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

test.each([
  [0, [0, 1]],
  [3, [0, 1, 2, 3]],
  [9, [0, 5, 10]],
  [40, [0, 10, 20, 30, 40]],
  [41, [0, 20, 40, 60]],
  [670, [0, 200, 400, 600, 800]],
  [1_234, [0, 500, 1_000, 1_500]],
])("counts up to %d have at most four whole, round ticks above 0, and every count fits", (largest, ticks) => {
  expect(scaleCounts(largest)).toEqual(ticks);
});

test.each([
  [0, [0, 50]],
  [1_300, [0, 500, 1_000, 1_500]],
  [26 * hourMs, [0, 12 * hourMs, 24 * hourMs, 36 * hourMs]],
  [1_000 * hourMs, [0, 250 * hourMs, 500 * hourMs, 750 * hourMs, 1_000 * hourMs]],
])("latencies up to %d ms have round ticks in their unit", (largest, ticks) => {
  expect(scaleLatency(largest)).toEqual(ticks);
});

test.each([
  [null, "—"],
  [0, "0 ms"],
  [1_250, "1.3 s"],
  [2_000, "2 s"],
  [59_000, "59 s"],
  [90_000, "1.5 min"],
  [12 * minuteMs, "12 min"],
  [4.3 * hourMs, "4.3 h"],
  [10.04 * hourMs, "10 h"],
])("%s ms are shown as %s", (ms, text) => {
  expect(formatLatency(ms)).toBe(text);
});

test("a range includes every interval, its partial first one too", () => {
  const [from, to] = [new Date("2026-11-26T10:07:00Z"), new Date("2026-11-26T10:21:00Z")];
  const starts = listStarts({ from, to, interval: { kind: "minutes", minutes: 5 } });
  expect(starts.map((start) => start.toISOString().slice(11, 16))).toEqual(["10:05", "10:10", "10:15", "10:20"]);
});
