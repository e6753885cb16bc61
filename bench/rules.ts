import { parseArgs } from "node:util";
import { createDb, type Db } from "@eventfork/core/platform/db";
import { dryRun, seedRules } from "@eventfork/core/rules";
import { compile, explainCompiled, matches, type Policy } from "@eventfork/filter-policy";
import { startTemporaryPostgres } from "@eventfork/local/postgres";
import { createMigrated } from "./stack.ts";

const rounds = 5;
const mostMatches = 1_000_000;
const dryRunSizes = [1_000, 10_000, 100_000];

const usage = `npm run bench -- rules [--events N] [--json]

  --events N   the largest dry run, 1000 at least (100000)
  --json       one JSON object on standard output`;

const policies = {
  simple: { type: ["user.signed_up"] },
  nested: { type: ["user.signed_up"], data: { email: [{ "anything-but": { suffix: "@example.com" } }] } },
  alternatives: {
    $or: [{ type: ["user.logged_in"] }, { data: { marketingConsent: [true], email: [{ suffix: ".dev" }] } }],
  },
} as const satisfies Record<string, Policy>;

const draft = JSON.stringify(policies.nested);

function eventAt(index: number) {
  const isSignUp = index % 3 > 0;
  const email = `person${index}@${["example.com", "lovelace.dev", "babbage.org"][index % 7] ?? "hopper.net"}`;
  const person = { userId: `usr_${index}`, email, name: `Person ${index}` };
  return {
    type: isSignUp ? "user.signed_up" : "user.logged_in",
    data: isSignUp ? { ...person, marketingConsent: index % 2 === 0 } : { ...person, method: "password" },
  };
}

function rate(matchesPerRound: number, call: (body: unknown) => unknown): number {
  const bodies = Array.from({ length: 1_000 }, (_, index) => ({
    specversion: "1.0",
    id: `evt_${index}`,
    source: "web",
    time: "2026-11-23T10:00:00.000Z",
    ...eventAt(index),
  }));
  const times = Array.from({ length: rounds }, () => {
    const startedAt = performance.now();
    for (let done = 0; done < matchesPerRound; done += bodies.length) for (const body of bodies) call(body);
    return performance.now() - startedAt;
  });
  return Math.round((matchesPerRound / Math.min(...times)) * 1_000);
}

function measureMatching(matchesPerRound: number) {
  const entries = Object.entries(policies).map(([name, policy]) => {
    const rule = compile(policy, "MessageBody");
    return [
      name,
      {
        matchesPerSecond: rate(matchesPerRound, (body) => matches(rule, { body })),
        explainsPerSecond: rate(matchesPerRound, (body) => explainCompiled(rule, { body })),
      },
    ] as const;
  });
  return Object.fromEntries(entries);
}

async function fill(db: Db, count: number): Promise<void> {
  const start = Date.now() - count * 1_000;
  for (let from = 0; from < count; from += 5_000) {
    const rows = Array.from({ length: Math.min(5_000, count - from) }, (_, i) => {
      const index = from + i;
      const at = new Date(start + index * 1_000);
      const id = `evt_${String(index).padStart(26, "0")}`;
      return { id, source: "web", time: at, recordedAt: at, publishedAt: at, ...eventAt(index) };
    });
    await db.event.createMany({ data: rows });
  }
  await db.$executeRaw`VACUUM ANALYZE event`;
}

const messaging = { fanOut: { label: "none", validateFilter: () => [] } };

async function measureDryRun(db: Db, last: number) {
  const runs: { ms: number; firstMs: number; steps: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const startedAt = performance.now();
    let [firstMs, steps] = [0, 0];
    for await (const report of dryRun({ db, messaging }, { integration: "slack", policyText: draft, last })) {
      steps += 1;
      firstMs ||= performance.now() - startedAt;
      if (report.isDone && report.done !== last)
        throw new Error(`only ${report.done} of ${last} events were looked at`);
    }
    runs.push({ ms: performance.now() - startedAt, firstMs, steps });
  }
  const sorted = runs.toSorted((left, right) => left.ms - right.ms);
  const median = sorted[Math.floor(rounds / 2)];
  return {
    events: last,
    medianMs: Math.round(median?.ms ?? 0),
    firstAnswerMs: Math.round(median?.firstMs ?? 0),
    answers: median?.steps ?? 0,
  };
}

async function measureDryRuns(sizes: readonly number[]) {
  const postgres = await startTemporaryPostgres();
  const url = await createMigrated(postgres.server, "bench_rules");
  const db = createDb({ connections: 2, url });
  try {
    await seedRules({ db, now: () => new Date() });
    await fill(db, Math.max(...sizes));
    const results = [];
    for (const size of sizes) results.push(await measureDryRun(db, size));
    return results;
  } finally {
    await db.$disconnect();
    await postgres.stop();
  }
}

export async function benchRules(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { events: { type: "string" }, json: { type: "boolean", default: false } },
  });
  const events = Number(values.events ?? Math.max(...dryRunSizes));
  const sizes = dryRunSizes.filter((size) => size <= events);
  if (!Number.isSafeInteger(events) || sizes.length === 0) throw new Error(usage);
  const matchesPerRound = Math.min(mostMatches, events * 10);
  const matching = measureMatching(matchesPerRound);
  const dryRuns = await measureDryRuns(sizes);
  if (values.json) {
    console.log(JSON.stringify({ matching, dryRuns }));
    return;
  }
  console.log(
    `matching on one core, calls a second (best of ${rounds} rounds of ${matchesPerRound.toLocaleString("en")})`,
  );
  for (const [name, { matchesPerSecond, explainsPerSecond }] of Object.entries(matching)) {
    const log = (calls: number) => calls.toLocaleString("en").padStart(12);
    console.log(`  ${name.padEnd(14)} match ${log(matchesPerSecond)}   explain ${log(explainsPerSecond)}`);
  }
  console.log("dry run, from the call to the last answer (median of 5)");
  for (const { events, medianMs, firstAnswerMs, answers } of dryRuns) {
    const size = events.toLocaleString("en").padStart(9);
    console.log(
      `  ${size} events ${String(medianMs).padStart(6)} ms   first of ${answers} answers after ${firstAnswerMs} ms`,
    );
  }
}
