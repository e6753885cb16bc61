import { writeFile } from "node:fs/promises";
import { type Ctx, silentLogger } from "@eventfork/core/platform";
import { createDb } from "@eventfork/core/platform/db";
import type { Env } from "@eventfork/core/platform/env";
import { createMessaging } from "@eventfork/core/platform/fan-out";
import { requiredNames } from "@eventfork/core/topology";
import { auditDeliveries } from "@eventfork/local/audit";
import type { Services } from "@eventfork/local/services";
import type { Supervisor } from "@eventfork/local/supervisor";
import { createEvents } from "@eventfork/local/workload";
import { watchCpu } from "../busy.ts";
import type { OverviewQuestions } from "../processes/overviews.ts";
import type { ProducerQuestions } from "../processes/producer.ts";
import { withServices } from "../stack.ts";
import { stageSettings } from "../stages.ts";
import { startWorker } from "../workers.ts";
import { createDisturbances } from "./disturb.ts";
import { drawSoak } from "./draw.ts";
import { readSoakOptions, type SoakOptions } from "./options.ts";
import { prepare } from "./prepare.ts";
import { describeSoak, type SoakReport, toSoakReport } from "./report.ts";
import { readDeadLetters, readRecorded, readSizes, startWatching, waitUntilDrained } from "./watch.ts";

export async function benchSoak(args: readonly string[]): Promise<void> {
  const { svg, isJson, ...options } = readSoakOptions(args);
  await requireWritable(svg);
  const errors = new Map<string, number>();
  const services = {
    ...{ postgres: { settings: stageSettings }, isBrokerPersistent: false },
    log: (line: string) => countError(errors, line),
  };
  const soaked = await withServices("soak", services, (running) => soak(options, running));
  const report = { ...soaked, errorsLogged: Object.fromEntries(errors) };
  await writeFile(svg, drawSoak(report));
  console.log(isJson ? JSON.stringify(report) : describeSoak(report, svg));
  if (report.lost + report.doubled > 0) process.exitCode = 1;
}

const requireWritable = (file: string) => writeFile(file, "");

function countError(errors: Map<string, number>, line: string): void {
  const [, message] = /"level":"error".*"message":"([^"]+)"/.exec(line) ?? [];
  if (message === undefined) process.stderr.write(`${line}\n`);
  else errors.set(message, (errors.get(message) ?? 0) + 1);
}

async function soak(
  options: SoakOptions,
  { supervisor, services }: { supervisor: Supervisor; services: Services },
): Promise<Omit<SoakReport, "errorsLogged">> {
  const { rate, seconds, share } = options;
  const { sandboxUrl } = services;
  const env: Env = {
    ...services.env,
    LOG_LEVEL: "error",
    EVENTFORK_RETRY_SCALE: String(share),
    EVENTFORK_RETENTION_DAYS: "0",
  };
  const db = createDb({ connections: 4, env });
  const actor = { kind: "system", name: "soak" } as const;
  const ctx: Ctx = { db, messaging: createMessaging(env), actor, log: silentLogger, now: () => new Date() };
  await prepare(ctx, { ...options, supervisor, env, sandboxUrl });

  const events = Math.round(rate * seconds);
  const [producer, overviews] = await Promise.all([
    startWorker<ProducerQuestions>("producer", { args: [rate, events].map(String), env }),
    startWorker<OverviewQuestions>("overviews", { args: [String(seconds)], env }),
  ]);
  const parts = ["postgres", "broker", "sandbox", "schedules", ...requiredNames.map((name) => `consumer.${name}`)];
  const stopWatchingCpu = await watchCpu({
    ...Object.fromEntries(parts.map((name) => [name, [supervisor.pidOf(name)]])),
    producer: [producer.pid],
    overviews: [overviews.pid],
  });
  const before = await readSizes(db);
  const startedAt = new Date();
  const disturbances = createDisturbances(ctx, { ...options, sandboxUrl, startedAt });
  const watching = startWatching(ctx, startedAt);
  const [{ sent, sentAt, busy }, dashboards, disturbed] = await Promise.all([
    producer.ask("send").then(async (sent) => ({ sent, sentAt: new Date(), busy: await stopWatchingCpu() })),
    overviews.ask("keepOpen"),
    disturbances.run(),
  ]);
  const isDrained = await waitUntilDrained(ctx, { replayId: disturbed.replay.id, seconds });
  const watched = await watching.stop();
  const after = await readSizes(db);

  const refused = new Set(sent.refused);
  const produced = createEvents(events).flatMap(({ type, data }, number) =>
    refused.has(number) ? [] : [{ type, userId: String(data.userId) }],
  );
  const report = toSoakReport({
    ...{ options, startedAt, sentAt, sent, dashboards, disturbed, busy, isDrained, watched, before, after },
    recorded: await readRecorded(db, startedAt),
    deadLetters: await readDeadLetters(db, startedAt),
    replay: await disturbances.readReplay(disturbed.replay.id),
    audit: await auditDeliveries(db, sandboxUrl, produced),
  });
  await Promise.all([producer.stop(), overviews.stop(), db.$disconnect()]);
  return report;
}
