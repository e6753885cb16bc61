import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

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

test.each([
  [["--events", "9"], /--events should be 10 or more/],
  [["rules", "--events", "9"], /1000 at least/],
  [["dashboard", "--seconds", "0"], /--seconds N/],
  [["latency", "--rates", "none"], /--rates LIST/],
  [["sign-ups", "--burst", "0"], /--burst N/],
])("%j is refused with the usage before anything starts", async (args, words) => {
  expect(await bench(...args)).toEqual({ code: 1, report: null, stderr: expect.stringMatching(words) });
});

test("npm run mutate removes guards, and a test fails for each", small, async () => {
  const run = promisify(execFile)("npm", ["run", "--silent", "mutate", "--", "sample", "--json"], { cwd: root });
  const { stdout, stderr } = await run.catch((failed) => failed);
  expect(stdout === "" ? null : JSON.parse(stdout), stderr).toMatchObject({ guards: 5, survivors: [] });
});
