import { messageOf } from "@eventfork/core/platform";
import { createDb } from "@eventfork/core/platform/db";
import type { Env } from "@eventfork/core/platform/env";
import { newPassword } from "@eventfork/local/postgres";
import type { Services } from "@eventfork/local/services";
import type { Supervisor } from "@eventfork/local/supervisor";
import { type Busy, type Watched, watchCpu } from "./busy.ts";
import { benchCarryOver } from "./carry-over.ts";
import { measureCeiling } from "./ceiling.ts";
import { compareQueues } from "./compare.ts";
import { benchDashboard } from "./dashboard/main.ts";
import { benchDeadLetters } from "./dead-letters.ts";
import { drain } from "./drain.ts";
import { benchLatency } from "./latency/main.ts";
import { type Options, readBenchOptions } from "./options.ts";
import { type BenchReport, chooseMedian, describeReport, toReport } from "./report.ts";
import { benchRules } from "./rules.ts";
import { benchScaleOut } from "./scale-out.ts";
import { benchSignUps } from "./sign-ups.ts";
import { benchSoak } from "./soak/main.ts";
import { withServices } from "./stack.ts";
import { countedUrl, countingPostgres } from "./statements.ts";

const mostWarmUpEvents = 5_000;

async function measure(options: Options, { supervisor, services }: { supervisor: Supervisor; services: Services }) {
  const env: Env = { ...services.env, LOG_LEVEL: "warn" };
  const db = createDb({ connections: 2, env });
  const busy: Busy[] = [];
  const watch = async (workers: Watched) => {
    const services = ["broker", "sandbox", "postgres"].map((name) => [name, [supervisor.pidOf(name)]]);
    const stopWatching = await watchCpu({ ...Object.fromEntries(services), ...workers });
    return async () => void busy.push(await stopWatching());
  };
  const warmUpEvents = Math.min(mostWarmUpEvents, options.events);
  const common = { ...options, env, warmUpEvents, watch };
  const consumerEnv = { ...env, DATABASE_URL: countedUrl(env.DATABASE_URL ?? "") };
  const { events } = options;
  const measureRound = async (round: number) => {
    busy.length = 0;
    const startingAt = round * (warmUpEvents + events);
    const drained = await drain({ ...common, db, consumerEnv, startingAt, sandboxUrl: services.sandboxUrl });
    const ceiling = await measureCeiling({ ...common, calls: "sdk" });
    const leanCeiling = await measureCeiling({ ...common, calls: "lean" });
    const [drainedBusy, ceilingBusy] = busy;
    if (drainedBusy === undefined || ceilingBusy === undefined) throw new Error("a part was not measured");
    const database = `compare_${round}`;
    const compared = options.isCompared ? await compareQueues({ events, database, postgres: services.postgres }) : [];
    return toReport({ options, warmUpEvents, drained, drainedBusy, ceiling, leanCeiling, ceilingBusy, compared });
  };
  const reports: BenchReport[] = [];
  for (let round = 0; round < options.rounds; round += 1) reports.push(await measureRound(round));
  await db.$disconnect();
  return chooseMedian(reports);
}

async function main(): Promise<void> {
  if (process.argv[2] === "rules") return benchRules(process.argv.slice(3));
  if (process.argv[2] === "dead-letters") {
    const asked = Number(process.argv[process.argv.indexOf("--letters") + 1]);
    const count = process.argv.includes("--letters") ? asked : 1_000_000;
    return benchDeadLetters({ count, isJson: process.argv.includes("--json") });
  }
  if (process.argv[2] === "carry-over") return benchCarryOver(process.argv.slice(3));
  if (process.argv[2] === "scale-out") return benchScaleOut(process.argv.slice(3));
  if (process.argv[2] === "latency") return benchLatency(process.argv.slice(3));
  if (process.argv[2] === "sign-ups") return benchSignUps(process.argv.slice(3));
  if (process.argv[2] === "soak") return benchSoak(process.argv.slice(3));
  if (process.argv[2] === "dashboard") return benchDashboard(process.argv.slice(3));
  const options = readBenchOptions(process.argv.slice(2));
  const services = { postgres: countingPostgres(newPassword()), isBrokerPersistent: options.isPersistent };
  const report = await withServices("bench", services, (running) => measure(options, running));
  console.log(options.isJson ? JSON.stringify(report) : describeReport(report));
}

main().catch((error) => {
  console.error(messageOf(error));
  process.exit(1);
});
