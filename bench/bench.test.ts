import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import sharp from "sharp";
import { expect, onTestFinished, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

async function bench(...args: string[]) {
  const run = promisify(execFile)("npm", ["run", "--silent", "bench", "--", ...args], { cwd: root });
  const { code, stdout, stderr } = await run.then(
    (output) => ({ code: 0, ...output }),
    (failed) => failed,
  );
  return { code, report: stdout === "" ? null : JSON.parse(stdout), stderr };
}

const measured = expect.any(Number);
const small = { timeout: 120_000 };

test("npm run bench drains a backlog and reports its throughput", small, async () => {
  const { code, report, stderr } = await bench("--events", "200", "--rounds", "1", "--json");
  expect(report, stderr).toMatchObject({
    events: 200,
    deliveries: 560,
    statementsPerBatch: 3,
    ratioToCeiling: measured,
  });
  expect(report.eventsPerSecond).toBeGreaterThan(0);
  expect(code).toBe(0);
});

test("npm run bench -- rules matches and tries drafts", small, async () => {
  const { code, report, stderr } = await bench("rules", "--events", "1000", "--json");
  const rates = { matchesPerSecond: measured, explainsPerSecond: measured };
  expect(report, stderr).toEqual({
    matching: { simple: rates, nested: rates, alternatives: rates },
    dryRuns: [{ events: 1_000, medianMs: measured, firstAnswerMs: measured, answers: 1 }],
  });
  expect(code).toBe(0);
});

test("npm run bench -- dead-letters lists, archives and replays the requested number", small, async () => {
  const { code, report, stderr } = await bench("dead-letters", "--letters", "500", "--json");
  expect(report, stderr).toMatchObject({ deadLetters: 500, archivedPerSecond: measured, replay: { messages: 500 } });
  expect(code).toBe(0);
});

test(
  "npm run bench -- dashboard runs every page's queries, and fails exactly when a limit is exceeded",
  small,
  async () => {
    const { code, report, stderr } = await bench(
      ...["dashboard", "--deliveries", "1000", "--rounds", "1", "--seconds", "1", "--json"],
    );
    expect(report, stderr).toMatchObject({ deliveries: 1_000, events: 400, dashboards: { open: 20 } });
    expect(report.calls.length).toBeGreaterThan(40);
    expect(report.plans.length).toBeGreaterThan(100);
    const parts: { isHeld: boolean }[] = [...report.calls, report.dashboards];
    const isHeld =
      parts.every((part) => part.isHeld) && report.plans.every(({ scans }: { scans: string[] }) => scans.length === 0);
    expect(code).toBe(isHeld ? 0 : 1);
  },
);

test("npm run bench -- latency measures each stage at each rate", small, async () => {
  const { code, report, stderr } = await bench("latency", "--rates", "20,50", "--seconds", "1", "--json");
  const percentiles = { p50: measured, p99: measured };
  const stages = ["commit", "published", "received", "provider", "recorded", "total", "paced"].map((stage) => [
    stage,
    percentiles,
  ]);
  expect(report, stderr).toEqual({
    rates: [20, 50].map((rate) => ({ rate, deliveries: rate * 2.8, stages: Object.fromEntries(stages) })),
  });
  expect(code).toBe(0);
});

test("npm run bench -- soak loses and doubles nothing through faults, and draws each measure", small, async () => {
  const folder = mkdtempSync(join(tmpdir(), "eventfork-drawing-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "soak.svg");
  const { code, report, stderr } = await bench(
    ...["soak", "--rate", "30", "--minutes", "0.33", "--svg", file, "--json"],
  );
  const percentiles = { p50: measured, p99: measured };
  const stages = ["commit", "published", "received", "provider", "recorded", "total", "paced"];
  const lags = ["relay", "reconcile", "search", "retention"];
  const events = 594;
  const dead = { integration: "analytics", cause: "http_400", isExpected: true, count: 165, open: 0 };
  expect(report, stderr).toMatchObject({
    ...{ events, refused: 0, deliveries: 1_664, isDrained: true },
    ...{ lost: 0, doubled: 0, unfinished: 0, deadLetters: [dead] },
    ...{ eventsPerSecond: 30, deliveriesPerSecond: measured },
    stages: Object.fromEntries(stages.map((stage) => [stage, percentiles])),
    lagSeconds: Object.fromEntries(lags.map((job) => [job, { ...percentiles, max: measured }])),
    bytesPerEvent: { wal: measured, disk: measured, tables: { event: measured, delivery: measured } },
    outage: { integration: "mailchimp" },
    drop: { events: 60 },
    replay: { delivered: 165, state: "completed", until: measured },
    dashboards: { open: 20, ms: percentiles, failed: 0 },
  });
  expect(Math.min(report.bytesPerEvent.wal, report.bytesPerEvent.disk)).toBeGreaterThan(0);
  expect(Object.keys(report.coresBusy)).toEqual(
    expect.arrayContaining(["postgres", "schedules", "consumer.slack", "producer", "overviews"]),
  );
  expect(report.outage.until - report.outage.from).toBeCloseTo(2, 0);
  expect(report.timeline.length).toBeGreaterThan(9);
  expect(report.drop.until - report.drop.from).toBeLessThan(5);
  expect(report.timeline.at(-1).lag).toMatchObject({ relay: 0, search: 0, retention: 0 });
  const drawing = readFileSync(file, "utf8");
  expect((await sharp(Buffer.from(drawing)).metadata()).format).toBe("svg");
  const drawn = [...drawing.matchAll(/data-(?:series|mark)="([^"]+)" (?:d="M|x=)/g)].map(([, name]) => name);
  expect(drawn).toEqual([
    ...["mailchimp is down", "replay", "retention"],
    ...["Throughput, per second: events recorded", "Throughput, per second: deliveries"],
    ...["Total latency, p99: not paced", "Total latency, p99: paced"],
    ...lags.map((job) => `Lag of each job: ${job}`),
    ...["outbox", "analytics", "mailchimp", "slack", "dead letter queues"].map((name) => `Backlog, messages: ${name}`),
  ]);
  expect(code).toBe(0);
});

test("npm run bench -- scale-out compares one, two and four processes", small, async () => {
  const { code, report, stderr } = await bench("scale-out", "--events", "200", "--json");
  const measures = [1, 2, 4].map((processes) => ({ processes, eventsPerSecond: measured, ratio: measured }));
  expect(report, stderr).toEqual({ events: 200, measured: measures });
  expect(report.measured[0].ratio).toBe(1);
  expect(code).toBe(0);
});

test("npm run bench -- carry-over loses no row and refuses no sign-up", small, async () => {
  const { code, report, stderr } = await bench("carry-over", "--deliveries", "30000", "--json");
  const spread = { p50: measured, p99: measured, maximum: measured };
  const during = { ...spread, signUps: measured };
  expect(report, stderr).toEqual({ deliveries: 30_000, seconds: measured, before: spread, during });
  expect(report.during.maximum).toBeLessThan(3_000);
  expect(code).toBe(0);
});

test.each([
  [["carry-over", "--deliveries", "none"], /--deliveries N/],
  [["scale-out", "--events", "1"], /--events N/],
  [["--events", "9"], /--events should be 10 or more/],
  [["rules", "--events", "9"], /1000 at least/],
  [["dashboard", "--seconds", "0"], /--seconds N/],
  [["latency", "--rates", "none"], /--rates LIST/],
  [["soak", "--rate", "0"], /--rate N/],
  [["soak", "--minutes", "none"], /--minutes N/],
  [["soak", "--hours", "1"], /--minutes N/],
  [["sign-ups", "--burst", "0"], /--burst N/],
])("%j is refused with the usage before anything starts", async (args, words) => {
  expect(await bench(...args)).toEqual({ code: 1, report: null, stderr: expect.stringMatching(words) });
});

test("npm run mutate removes guards, and a test fails for each", small, async () => {
  const run = promisify(execFile)("npm", ["run", "--silent", "mutate", "--", "sample", "--json"], { cwd: root });
  const { stdout, stderr } = await run.catch((failed) => failed);
  expect(stdout === "" ? null : JSON.parse(stdout), stderr).toMatchObject({ guards: 5, survivors: [] });
});
