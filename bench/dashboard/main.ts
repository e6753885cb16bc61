import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Ctx } from "@eventfork/core/platform";
import { keepSignUpDays } from "@eventfork/core/users";
import { findPort, firstPorts } from "@eventfork/local/ports";
import { newPassword, startPostgres } from "@eventfork/local/postgres";
import { Supervisor } from "@eventfork/local/supervisor";
import { watchCpu } from "../busy.ts";
import { createMigrated, startBenchBroker, timeCalls } from "../stack.ts";
import { type Call, callAsSomebody, listCalls } from "./calls.ts";
import { fill } from "./fill.ts";
import { keepOverviewsOpen } from "./overviews.ts";
import { findScans, type Plan, plannedSetup, plannedUrl, planSettings, readPlans } from "./plans.ts";
import { makeWorld, type World } from "./rows.ts";

const bigTables = ["event", "event_search", "delivery", "attempt", "audit_entry", "user"];
const maximumCores = 0.1;

const settings = {
  ...{ shared_buffers: "1GB", work_mem: "16MB", max_wal_size: "8GB", wal_level: "minimal", max_wal_senders: "0" },
  ...{ fsync: "off", synchronous_commit: "off", full_page_writes: "off", jit: "off" },
  ...planSettings,
};

const usage = `npm run bench -- dashboard [--deliveries N] [--data FOLDER] [--rounds N] [--seconds N] [--json]

  --deliveries N   how many deliveries there are; two events for every five (10000000)
  --data FOLDER    keep the database there, and use it again the next time; otherwise it is made anew
  --rounds N       how often each question is asked (50)
  --seconds N      how long the open overviews are watched (30)
  --json           one JSON object on standard output, with the plan of every query`;

const log = (line: string) => void process.stderr.write(`${line}\n`);

async function findWorld(url: string, folder: string, deliveries: number): Promise<World> {
  const file = join(folder, "world.json");
  const kept = await readFile(file, "utf8").then(
    (text) => JSON.parse(text) as World,
    () => null,
  );
  const world = makeWorld(deliveries, Date.now());
  if (kept?.deliveries === world.deliveries) return kept;
  log(`filling ${world.deliveries.toLocaleString("en")} deliveries of ${world.events.toLocaleString("en")} events`);
  await fill(url, world, log);
  await writeFile(file, JSON.stringify(world));
  return world;
}

async function measureDashboards({ ctx, seconds, postgres }: Measured): Promise<Report["dashboards"]> {
  const stopWatching = await watchCpu({ postgres: [postgres.pid] });
  const { open, ms, errors } = await keepOverviewsOpen(ctx, seconds);
  const { processes } = await stopWatching();
  if (errors.length > 0) throw new Error(errors.at(0));
  const cores = processes["postgres"] ?? null;
  const isHeld = cores !== null && cores < maximumCores;
  return { open, polls: ms.length, cores, maximumCores, isHeld };
}

async function explainAll(ctx: Ctx, calls: readonly Call[], dataDir: string) {
  const log = readPlans(dataDir);
  const plans: (Plan & { page: string; name: string; scans: string[] })[] = [];
  for (const { page, name, run } of calls) {
    await run(callAsSomebody(ctx), ctx);
    await sleep(100);
    await log.forget();
    await run(callAsSomebody(ctx), ctx);
    await sleep(100);
    const found = await log.read();
    if (found.length === 0) throw new Error(`Postgres wrote no plan for ${page}'s ${name}.`);
    plans.push(...found.map((plan) => ({ page, name, ...plan, scans: findScans(plan, bigTables) })));
  }
  return plans;
}

type Measured = {
  ctx: Ctx;
  planned: Ctx;
  world: World;
  rounds: number;
  seconds: number;
  postgres: { pid: number | undefined; dataDir: string };
};

async function measure(measured: Measured): Promise<Report> {
  const { ctx, planned, world, rounds, postgres } = measured;
  while ((await keepSignUpDays(ctx)) > 0);
  const calls = await listCalls(ctx, world);
  const timed: Report["calls"] = [];
  for (const { page, name, limitMs, run } of calls) {
    const [p50Ms, p95Ms] = await timeCalls(rounds, () => run(callAsSomebody(ctx), ctx));
    timed.push({ page, name, limitMs, p50Ms, p95Ms, isHeld: p95Ms < limitMs });
  }
  const dashboards = await measureDashboards(measured);
  const plans = await explainAll(planned, calls, postgres.dataDir);
  return { deliveries: world.deliveries, events: world.events, rounds, calls: timed, dashboards, plans };
}

export async function benchDashboard(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      deliveries: { type: "string", default: "10000000" },
      data: { type: "string" },
      rounds: { type: "string", default: "50" },
      seconds: { type: "string", default: "30" },
      json: { type: "boolean", default: false },
    },
  });
  const toNumber = (text: string, least: number) => {
    const number = Number(text);
    if (!Number.isSafeInteger(number) || number < least) throw new Error(usage);
    return number;
  };
  const deliveries = toNumber(values.deliveries, 1_000);
  const rounds = toNumber(values.rounds, 1);
  const seconds = toNumber(values.seconds, 1);
  const folder =
    values.data === undefined ? await mkdtemp(join(tmpdir(), "eventfork-dashboard-")) : resolve(values.data);
  const dataDir = join(folder, "postgres");
  const supervisor = new Supervisor(log);
  try {
    const port = await findPort("Postgres", firstPorts.temporary);
    const password = newPassword();
    const setup = plannedSetup(password);
    const server = await startPostgres(supervisor, {
      dataDir,
      port,
      password,
      setup,
      settings,
      startsWithinMs: 120_000,
    });
    const open = await startBenchBroker(supervisor);
    const url = await createMigrated(server, "bench_dashboard");
    const world = await findWorld(url, folder, deliveries);
    const [ctx, planned] = [open(url), open(plannedUrl(url))];
    const postgres = { pid: supervisor.pidOf("postgres"), dataDir };
    const report = await measure({ ctx, planned, world, rounds, seconds, postgres });
    await Promise.all([ctx.db.$disconnect(), planned.db.$disconnect()]);
    console.log(values.json ? JSON.stringify(report) : toText(report));
    if (!isHeld(report)) process.exitCode = 1;
  } finally {
    await supervisor.stop();
    if (values.data === undefined) await rm(folder, { recursive: true, force: true });
  }
}

type Timed = { page: string; name: string; limitMs: number; p50Ms: number; p95Ms: number; isHeld: boolean };

type Report = {
  deliveries: number;
  events: number;
  rounds: number;
  calls: Timed[];
  dashboards: { open: number; polls: number; cores: number | null; maximumCores: number; isHeld: boolean };
  plans: (Plan & { page: string; name: string; scans: string[] })[];
};

function isHeld({ calls, dashboards, plans }: Report): boolean {
  return calls.every((call) => call.isHeld) && dashboards.isHeld && plans.every(({ scans }) => scans.length === 0);
}

const mark = (isHeld: boolean) => (isHeld ? "ok  " : "OVER");

function toText({ deliveries, events, rounds, calls, dashboards, plans }: Report): string {
  const scans = plans.filter((plan) => plan.scans.length > 0);
  const { open, polls, cores, maximumCores } = dashboards;
  const count = (n: number) => n.toLocaleString("en");
  return [
    `${count(deliveries)} deliveries of ${count(events)} events; server time of ${rounds} calls, without HTTP`,
    "",
    ...calls.map(
      ({ page, name, limitMs, p50Ms, p95Ms, isHeld }) =>
        `${mark(isHeld)}  ${`${page}: ${name}`.padEnd(52)} p50 ${String(p50Ms).padStart(7)} ms   p95 ${String(p95Ms).padStart(7)} ms   limit ${limitMs} ms`,
    ),
    "",
    `${mark(dashboards.isHeld)}  ${open} overviews open, ${polls} polls: ${cores === null ? "?" : (cores * 100).toFixed(1)} % of one core in the database, limit ${maximumCores * 100} %`,
    "",
    `plans of ${plans.length} statements; ${scans.length} go through a big table`,
    ...scans.flatMap(({ page, name, scans: found }) => found.map((scan) => `SCAN  ${page}: ${name}: ${scan}`)),
  ].join("\n");
}
