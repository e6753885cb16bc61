// `npm run bench -- dashboard`: how fast the admin's pages respond over ten million deliveries, and the cost of twenty
// open dashboards.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createAwsClients } from "@eventfork/core/aws";
import { createDb } from "@eventfork/core/db";
import { type Ctx, silentLogger } from "@eventfork/core/kernel";
import { migrate } from "@eventfork/core/migrations";
import { keepSignUpDays } from "@eventfork/core/users";
import { brokerEnv, provision } from "@eventfork/local/broker";
import { createDatabase, initialisePostgres, postgresCommand, waitForPostgres } from "@eventfork/local/postgres";
import { findPort, Supervisor } from "@eventfork/local/supervisor";
import { watchCpu } from "../busy.ts";
import { askOverview, type Call, callAsSomebody, listCalls } from "./calls.ts";
import { fill } from "./fill.ts";
import { findScans, type Plan, plannedUrl, planSettings, readPlans } from "./plans.ts";
import { isHeld, type Report, toText } from "./report.ts";
import { makeWorld, type World } from "./rows.ts";

const migrations = fileURLToPath(new URL("../../prisma/migrations", import.meta.url));
const bigTables = ["event", "event_search", "delivery", "attempt", "audit_entry", "user"];
const dashboards = { open: 20, everyMs: 2_000, maximumCores: 0.1 };

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

const say = (line: string) => void process.stderr.write(`${line}\n`);

/** The world in the data folder; fills it first if it holds none or another. */
async function findWorld(url: string, folder: string, deliveries: number): Promise<World> {
  const file = join(folder, "world.json");
  const kept = await readFile(file, "utf8").then(
    (text) => JSON.parse(text) as World,
    () => null,
  );
  const world = makeWorld(deliveries, Date.now());
  if (kept?.deliveries === world.deliveries) return kept;
  say(`filling ${world.deliveries.toLocaleString("en")} deliveries of ${world.events.toLocaleString("en")} events`);
  await fill(url, world, say);
  await writeFile(file, JSON.stringify(world));
  return world;
}

async function time(ctx: Ctx, { page, name, limitMs, run }: Call, rounds: number) {
  const times: number[] = [];
  await run(callAsSomebody(ctx), ctx);
  for (let round = 0; round < rounds; round += 1) {
    const caller = callAsSomebody(ctx);
    const startedAt = performance.now();
    await run(caller, ctx);
    times.push(performance.now() - startedAt);
  }
  times.sort((left, right) => left - right);
  const at = (share: number) => Math.round((times[Math.floor(times.length * share)] ?? 0) * 10) / 10;
  return { page, name, limitMs, p50Ms: at(0.5), p95Ms: at(0.95), isHeld: at(0.95) < limitMs };
}

/** In cores of the database. */
async function measureDashboards({ ctx, seconds, postgres }: Measured): Promise<Report["dashboards"]> {
  const stopWatching = await watchCpu({ postgres: [postgres.pid] });
  const until = Date.now() + seconds * 1_000;
  const keepOpen = async (_: unknown, index: number) => {
    await sleep((index / dashboards.open) * dashboards.everyMs);
    const caller = callAsSomebody(ctx);
    for (let polls = 0; ; polls += 1) {
      if (Date.now() > until) return polls;
      await Promise.all([askOverview(caller), sleep(dashboards.everyMs)]);
    }
  };
  const polls = await Promise.all(Array.from({ length: dashboards.open }, keepOpen));
  const { processes } = await stopWatching();
  const cores = processes["postgres"] ?? null;
  return {
    open: dashboards.open,
    polls: polls.reduce((sum, count) => sum + count, 0),
    cores,
    maximumCores: dashboards.maximumCores,
    isHeld: cores !== null && cores < dashboards.maximumCores,
  };
}

async function explainAll(ctx: Ctx, calls: readonly Call[], dataDir: string) {
  const log = readPlans(dataDir);
  const plans: (Plan & { page: string; name: string; scans: string[] })[] = [];
  for (const { page, name, run } of calls) {
    await run(callAsSomebody(ctx), ctx);
    // The collector writes a moment later.
    await sleep(100);
    await log.skip();
    await run(callAsSomebody(ctx), ctx);
    await sleep(100);
    const found = await log.read();
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

async function measure(measured: Measured) {
  const { ctx, planned, world, rounds, postgres } = measured;
  while ((await keepSignUpDays(ctx)) > 0);
  const calls = await listCalls(ctx, world);
  const timed = [];
  for (const call of calls) timed.push(await time(ctx, call, rounds));
  const polled = await measureDashboards(measured);
  const plans = await explainAll(planned, calls, postgres.dataDir);
  const { deliveries, events } = world;
  return { deliveries, events, rounds, calls: timed, dashboards: polled, plans } satisfies Report;
}

export async function benchDashboard(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      deliveries: { type: "string" },
      data: { type: "string" },
      rounds: { type: "string" },
      seconds: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const deliveries = Number(values.deliveries ?? 10_000_000);
  const rounds = Number(values.rounds ?? 50);
  const seconds = Number(values.seconds ?? 30);
  if (!Number.isSafeInteger(deliveries) || deliveries < 1_000) throw new Error(usage);
  if (!Number.isSafeInteger(rounds) || rounds < 1) throw new Error(usage);
  if (!Number.isSafeInteger(seconds) || seconds < 1) throw new Error(usage);
  const folder =
    values.data === undefined ? await mkdtemp(join(tmpdir(), "eventfork-dashboard-")) : resolve(values.data);
  const dataDir = join(folder, "postgres");
  const supervisor = new Supervisor(say);
  try {
    await initialisePostgres({ dataDir });
    const port = await findPort("Postgres", 56_000 + (process.pid % 500));
    const command = await postgresCommand({ dataDir, port, settings });
    const waitUntilReady = () => waitForPostgres(port, 120_000, dataDir);
    await supervisor.start({
      name: "postgres",
      module: "guard",
      args: ["SIGINT", ...command],
      env: process.env,
      waitUntilReady,
    });
    const brokerPort = await findPort("the broker", 57_000 + (process.pid % 500));
    await supervisor.start({ name: "broker", module: "broker", args: [String(brokerPort)], env: process.env });
    Object.assign(process.env, brokerEnv(`http://127.0.0.1:${brokerPort}`));
    const url = await createDatabase(port, "bench_dashboard");
    await migrate(migrations, { DATABASE_URL: url });
    const world = await findWorld(url, folder, deliveries);
    const clients = createAwsClients();
    const messaging = { ...clients, ...(await provision(clients, "bench")) };
    const contextOf = (address: string): Ctx => ({
      ...{ db: createDb({ connections: 10, url: address }), messaging, log: silentLogger, now: () => new Date() },
      actor: { kind: "system", name: "bench" },
    });
    const [ctx, planned] = [contextOf(url), contextOf(plannedUrl(url))];
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
