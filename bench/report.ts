import { availableParallelism } from "node:os";
import { requiredNames } from "@eventfork/core/topology";
import type { Busy } from "./busy.ts";
import type { Ceiling } from "./ceiling.ts";
import type { Compared } from "./compare.ts";
import type { Drained } from "./drain.ts";
import type { Options } from "./options.ts";

export type Measured = {
  options: Options;
  warmUpEvents: number;
  drained: Drained;
  drainedBusy: Busy;
  ceiling: Ceiling;
  leanCeiling: Ceiling;
  ceilingBusy: Busy;
  compared: readonly Compared[];
};

export type BenchReport = ReturnType<typeof toReport>;

/** Rates are by wall clock; CPU is user and system time of the consumers. */
export function toReport(measured: Measured) {
  const { options, warmUpEvents, drained, drainedBusy, ceiling, leanCeiling, ceilingBusy } = measured;
  const { deliveries, seconds, work } = drained;
  const perThousand = (count: number, of: number) => round((count / of) * 1_000, 1);
  const allCalls = requiredNames.reduce((sum, name) => sum + drained.calls[name], 0);
  const eventsPerSecond = options.events / seconds;
  const toCeiling = ({ seconds, work }: Ceiling) => ({
    eventsPerSecond: round(options.events / seconds),
    deliveriesPerSecond: round(deliveries / seconds),
    cpuMicrosPerDelivery: round(work.cpuMicros / deliveries, 1),
  });
  const ratioTo = (other: { seconds: number; events: number }) =>
    round(eventsPerSecond / (other.events / other.seconds), 3);
  const compared = measured.compared.map((other) => ({
    queue: other.queue,
    eventsPerSecond: round(other.events / other.seconds),
    cpuMicrosPerDelivery: round(other.cpuMicros / other.deliveries, 1),
    ratioToIt: ratioTo(other),
  }));
  return {
    events: options.events,
    deliveries,
    seconds: round(seconds, 2),
    eventsPerSecond: round(eventsPerSecond),
    deliveriesPerSecond: round(deliveries / seconds),
    cpuMicrosPerDelivery: round(work.cpuMicros / deliveries, 1),
    latencyMs: { p50: round(drained.latencyMs.p50), p99: round(drained.latencyMs.p99) },
    callsPerThousandDeliveries: {
      ...Object.fromEntries(
        requiredNames.map((name) => [name, perThousand(drained.calls[name], drained.delivered[name])]),
      ),
      all: perThousand(allCalls, deliveries),
    },
    statementsPerThousandDeliveries: perThousand(drained.statements, deliveries),
    statementsPerBatch: round(drained.statements / work.batches, 2),
    deliveriesPerBatch: round(deliveries / work.batches, 1),
    ceiling: toCeiling(ceiling),
    ratioToCeiling: ratioTo({ ...ceiling, events: options.events }),
    leanCeiling: toCeiling(leanCeiling),
    ratioToLeanCeiling: ratioTo({ ...leanCeiling, events: options.events }),
    ...(compared.length === 0 ? {} : { compared }),
    coresBusy: { drain: roundCores(drainedBusy), ceiling: roundCores(ceilingBusy) },
    setting: {
      broker: options.isPersistent ? "on disk" : "in memory",
      consumerProcesses: options.consumers === "one" ? 1 : requiredNames.length,
      warmUpEvents,
      cores: availableParallelism(),
      node: process.version,
    },
  };
}

export function chooseMedian(reports: readonly BenchReport[]) {
  const sorted = reports.toSorted((one, other) => one.ratioToCeiling - other.ratioToCeiling);
  const median = sorted[Math.floor(sorted.length / 2)];
  if (median === undefined) throw new Error("nothing was measured");
  const rounds = reports.map(
    ({ eventsPerSecond, cpuMicrosPerDelivery, ceiling, ratioToCeiling, coresBusy, compared }) => ({
      eventsPerSecond,
      cpuMicrosPerDelivery,
      ceilingEventsPerSecond: ceiling.eventsPerSecond,
      ratioToCeiling,
      coresStolen: { drain: coresBusy.drain.stolen ?? null, ceiling: coresBusy.ceiling.stolen ?? null },
      ...(compared && { ratioTo: Object.fromEntries(compared.map(({ queue, ratioToIt }) => [queue, ratioToIt])) }),
    }),
  );
  return { ...median, rounds };
}

export function describeReport(report: ReturnType<typeof chooseMedian>): string {
  const { setting, ceiling, leanCeiling, callsPerThousandDeliveries: calls } = report;
  const callList = Object.entries(calls).map(([name, count]) => `${name} ${count}`);
  const busy = Object.entries(report.coresBusy.drain).map(([name, share]) => `${name} ${share ?? "?"}`);
  return [
    `${report.events} events, ${report.deliveries} deliveries; emulator ${setting.broker}, ${setting.consumerProcesses} consumer process(es), ${setting.cores} cores`,
    "",
    `drained in          ${report.seconds} s: ${report.eventsPerSecond} events/s, ${report.deliveriesPerSecond} deliveries/s`,
    `consumers' CPU      ${report.cpuMicrosPerDelivery} µs a delivery`,
    `commit to recorded  p50 ${report.latencyMs.p50} ms, p99 ${report.latencyMs.p99} ms (of a backlog, so by its length)`,
    `third-party calls   a thousand deliveries: ${callList.join(", ")}`,
    `SQL statements      a thousand deliveries: ${report.statementsPerThousandDeliveries}; a batch of ${report.deliveriesPerBatch}: ${report.statementsPerBatch}`,
    `ceiling             ${ceiling.eventsPerSecond} events/s, ${ceiling.cpuMicrosPerDelivery} µs a delivery: publish, receive, delete with the AWS SDK as it comes; drained at ${percent(report.ratioToCeiling)} of it`,
    `lean ceiling        ${leanCeiling.eventsPerSecond} events/s, ${leanCeiling.cpuMicrosPerDelivery} µs a delivery: the same with the engine's own calls; ${percent(report.ratioToLeanCeiling)} of it`,
    ...(report.compared ?? []).map(
      ({ queue, eventsPerSecond, cpuMicrosPerDelivery, ratioToIt }) =>
        `${queue.padEnd(20)}${eventsPerSecond} events/s, ${cpuMicrosPerDelivery} µs a delivery: drained ${ratioToIt} times as fast`,
    ),
    `cores busy          ${busy.join(", ")}`,
    "rounds",
    ...report.rounds.map(
      (round) =>
        `  ${percent(round.ratioToCeiling)} of the ceiling: ${round.eventsPerSecond} of ${round.ceilingEventsPerSecond} events/s; ` +
        `${round.coresStolen.drain ?? "?"} and ${round.coresStolen.ceiling ?? "?"} cores stolen by others on the host`,
    ),
  ].join("\n");
}

export function roundCores(busy: Busy): Record<string, number | null> {
  const processes = Object.entries(busy.processes).map(([name, share]) => [name, roundKnown(share)]);
  return { ...Object.fromEntries(processes), machine: round(busy.machine, 2), stolen: roundKnown(busy.stolen) };
}

function roundKnown(share: number | null): number | null {
  return share === null ? null : round(share, 2);
}

function percent(ratio: number): string {
  return `${Math.round(ratio * 100)} %`;
}

function round(value: number, digits = 0): number {
  return Number(value.toFixed(digits));
}
