import type { Audit } from "@eventfork/local/audit";
import type { Busy } from "../busy.ts";
import type { OpenOverviews } from "../dashboard/overviews.ts";
import type { ProducerQuestions } from "../processes/producer.ts";
import { roundCores } from "../report.ts";
import { describePercentiles, percentiles, type StageRow, stages, summarizeStages } from "../stages.ts";
import type { Disturbed, ReplayOutcome } from "./disturb.ts";
import type { SoakOptions } from "./options.ts";
import type { DeadLetterCount, Sample, Sizes, Watched } from "./watch.ts";

export type Soaked = {
  options: SoakOptions;
  startedAt: Date;
  sentAt: Date;
  sent: ProducerQuestions["send"];
  dashboards: OpenOverviews;
  disturbed: Disturbed;
  replay: ReplayOutcome;
  busy: Busy;
  isDrained: boolean;
  watched: Watched;
  recorded: ReadonlyMap<number, number>;
  before: Sizes;
  after: Sizes;
  deadLetters: DeadLetterCount[];
  audit: Audit;
};

export type SoakReport = ReturnType<typeof toSoakReport> & { errorsLogged: Record<string, number> };

const mostSteps = 300;
const leastStepSeconds = 2;

export function toSoakReport(soaked: Soaked) {
  const { options, sent, dashboards, disturbed, replay, watched, before, after, audit } = soaked;
  const events = sent.commitMs.length;
  const seconds = secondsBetween(soaked.startedAt, soaked.sentAt);
  const deliveredInTime = watched.rows.filter(({ recordedAt }) => recordedAt <= soaked.sentAt).length;
  const perEvent = (bytes: number) => Math.round(bytes / events);
  const grown = Object.entries(after.tables).map(
    ([name, bytes]) => [name, bytes - (before.tables[name] ?? 0)] as const,
  );
  const tables = grown.filter(([, bytes]) => bytes > 0).toSorted(([, one], [, other]) => other - one);
  const lags = watched.samples.map(({ lag }) => lag);
  const lagOf = (job: keyof Sample["lag"]) => {
    const values = lags.map((lag) => lag[job]);
    return { ...percentiles(values), max: Math.max(...values) };
  };
  return {
    rate: options.rate,
    minutes: options.seconds / 60,
    ...{ events, refused: sent.refused.length, deliveries: watched.rows.length },
    eventsPerSecond: Math.round(events / seconds),
    deliveriesPerSecond: Math.round(deliveredInTime / seconds),
    isDrained: soaked.isDrained,
    stages: summarizeStages(watched.rows, sent.commitMs),
    lagSeconds: {
      ...{ relay: lagOf("relay"), reconcile: lagOf("reconcile") },
      ...{ search: lagOf("search"), retention: lagOf("retention") },
    },
    bytesPerEvent: {
      wal: perEvent(after.wal - before.wal),
      disk: perEvent(after.database - before.database),
      tables: Object.fromEntries(tables.map(([name, bytes]) => [name, perEvent(bytes)])),
    },
    coresBusy: roundCores(soaked.busy),
    deadLetters: soaked.deadLetters,
    lost: audit.lost,
    doubled: Object.values(audit.duplicates).reduce((sum, count) => sum + count, 0),
    unfinished: audit.unfinished,
    outage: disturbed.outage,
    drop: disturbed.drop,
    replay: { ...replay, from: disturbed.replay.from },
    dashboards: {
      open: dashboards.open,
      polls: dashboards.ms.length,
      ms: percentiles(dashboards.ms),
      failed: dashboards.errors.length,
      errors: [...new Set(dashboards.errors)].slice(0, 3),
    },
    timeline: toTimeline(soaked),
  };
}

const secondsBetween = (from: Date, until: Date) => (until.getTime() - from.getTime()) / 1_000;

function toTimeline({ startedAt, watched, recorded }: Soaked) {
  const { samples, rows } = watched;
  const total = samples.at(-1)?.at ?? 0;
  const width = Math.max(leastStepSeconds, Math.ceil(total / mostSteps));
  const stepOf = (at: number) => Math.floor(at / width);
  const rowsByStep = Map.groupBy(rows, ({ recordedAt }) => stepOf(secondsBetween(startedAt, recordedAt)));
  const samplesByStep = new Map(samples.map((sample) => [stepOf(sample.at), sample]));
  const recordedByStep = Map.groupBy(recorded, ([second]) => stepOf(second));
  return Array.from({ length: stepOf(total) + 1 }, (_, step) => {
    const delivered = rowsByStep.get(step) ?? [];
    const events = (recordedByStep.get(step) ?? []).reduce((sum, [, count]) => sum + count, 0);
    const { backlog = null, lag = null } = samplesByStep.get(step) ?? {};
    return {
      at: (step + 1) * width,
      eventsPerSecond: Math.round(events / width),
      deliveriesPerSecond: Math.round(delivered.length / width),
      totalP99: p99(delivered, false),
      pacedP99: p99(delivered, true),
      ...{ backlog, lag },
    };
  });
}

function p99(rows: readonly StageRow[], isPaced: boolean): number | null {
  const totals = rows.filter((row) => row.isPaced === isPaced).map(({ total }) => total);
  return totals.length === 0 ? null : percentiles(totals).p99;
}

const shownSteps = 12;

export function describeSoak(report: SoakReport, svg: string): string {
  const { bytesPerEvent, dashboards, outage, drop, replay, lagSeconds, timeline } = report;
  const count = (value: number) => value.toLocaleString("en");
  const list = (entries: object) => Object.entries(entries).map(([name, value]) => `${name} ${value ?? "?"}`);
  const span = ({ from, until }: { from: number; until: number | null }) =>
    `${formatClock(from)} to ${until === null ? "never" : formatClock(until)}`;
  const every = Math.ceil(timeline.length / shownSteps);
  const cells = (values: readonly (number | string | null)[]) =>
    values.map((value) => String(value ?? "-").padStart(13)).join("");
  const deadLetters = report.deadLetters.map(
    ({ integration, cause, isExpected, count: all, open }) =>
      `${count(all)} ${isExpected ? "expected" : "UNEXPECTED"} (${integration}, ${cause}), ${count(open)} open`,
  );
  return [
    `${count(report.events)} events in ${report.minutes.toFixed(1)} minutes, ${count(report.deliveries)} deliveries; ${report.isDrained ? "drained" : "NOT drained"}`,
    `throughput     ${report.eventsPerSecond} events/s, ${report.deliveriesPerSecond} deliveries/s; ${report.refused} refused`,
    `               ${stages.map((stage) => stage.padStart(13)).join("")}   (ms, p50 / p99)`,
    `latency        ${stages.map((stage) => describePercentiles(report.stages[stage])).join("")}`,
    `disk           ${count(bytesPerEvent.wal)} bytes of WAL an event, ${count(bytesPerEvent.disk)} of database: ${list(bytesPerEvent.tables).slice(0, 6).join(", ")}`,
    `cores busy     ${list(report.coresBusy).join(", ")}`,
    `lag, s         ${list(Object.fromEntries(Object.entries(lagSeconds).map(([job, { p99, max }]) => [job, `p99 ${p99} max ${max}`]))).join(", ")}`,
    `dashboards     ${dashboards.open} open, ${count(dashboards.polls)} polls, ${describePercentiles(dashboards.ms).trim()} ms, ${dashboards.failed} failed`,
    `outage         ${outage.integration}, ${span(outage)}`,
    `old events     ${count(drop.events)} dropped, ${span(drop)}`,
    `replay         ${count(replay.delivered)} of ${count(replay.total)} delivered, ${span(replay)}, ${replay.state}`,
    `dead letters   ${deadLetters.join("; ") || "none"}`,
    `errors logged  ${list(report.errorsLogged).join(", ") || "none"}`,
    "",
    `${cells(["time", "events/s", "deliveries/s", "total p99", "backlog", ...Object.keys(lagSeconds)])}   (ms; lag in s)`,
    ...timeline
      .filter((_, step) => step % every === 0)
      .map(({ at, lag, backlog, ...step }) =>
        cells([
          ...[formatClock(at), step.eventsPerSecond, step.deliveriesPerSecond, step.totalP99],
          backlog === null ? null : Object.values(backlog).reduce<number>((sum, value) => sum + (value ?? 0), 0),
          ...Object.keys(lagSeconds).map((job) => lag?.[job as keyof Sample["lag"]] ?? null),
        ]),
      ),
    "",
    `drawn in ${svg}`,
    `lost ${report.lost}, doubled ${report.doubled}, unfinished ${report.unfinished}`,
  ].join("\n");
}

export function formatClock(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
