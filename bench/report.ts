import { availableParallelism } from "node:os";
import { integrationNames } from "@eventfork/core/topology";
import type { Busy } from "./busy.ts";
import type { Ceiling } from "./ceiling.ts";
import type { Drained } from "./drain.ts";
import type { Options } from "./options.ts";

export type Measured = {
  options: Options;
  warmUpEvents: number;
  drained: Drained;
  drainedBusy: Busy;
  ceiling: Ceiling;
  ceilingBusy: Busy;
};

export type Report = ReturnType<typeof toReport>;

/** The figures that `--json` prints. Rates are by wall clock, CPU is user and system time of the consumer processes. */
export function toReport({ options, warmUpEvents, drained, drainedBusy, ceiling, ceilingBusy }: Measured) {
  const { deliveries, seconds, work } = drained;
  const perThousand = (count: number, of: number) => round((count / of) * 1_000, 1);
  const allCalls = integrationNames.reduce((sum, name) => sum + drained.calls[name], 0);
  const eventsPerSecond = options.events / seconds;
  const ceilingPerSecond = options.events / ceiling.seconds;
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
        integrationNames.map((name) => [name, perThousand(drained.calls[name], drained.delivered[name])]),
      ),
      all: perThousand(allCalls, deliveries),
    },
    statementsPerThousandDeliveries: perThousand(drained.statements, deliveries),
    statementsPerBatch: round(drained.statements / work.batches, 2),
    deliveriesPerBatch: round(deliveries / work.batches, 1),
    ceiling: {
      eventsPerSecond: round(ceilingPerSecond),
      deliveriesPerSecond: round(deliveries / ceiling.seconds),
      cpuMicrosPerDelivery: round(ceiling.work.cpuMicros / deliveries, 1),
    },
    ratioToCeiling: round(eventsPerSecond / ceilingPerSecond, 3),
    coresBusy: { drain: cores(drainedBusy), ceiling: cores(ceilingBusy) },
    setting: {
      broker: options.isPersistent ? "on disk" : "in memory",
      consumerProcesses: options.consumers === "one" ? 1 : integrationNames.length,
      warmUpEvents,
      cores: availableParallelism(),
      node: process.version,
    },
  };
}

/** The same for people. */
export function toText(report: Report): string {
  const { setting, ceiling, callsPerThousandDeliveries: calls } = report;
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
    `ceiling             ${ceiling.eventsPerSecond} events/s, ${ceiling.cpuMicrosPerDelivery} µs a delivery: publish, receive, delete, nothing else`,
    `ratio to it         ${Math.round(report.ratioToCeiling * 100)} %`,
    `cores busy          ${busy.join(", ")}`,
  ].join("\n");
}

function cores(busy: Busy): Record<string, number | null> {
  const processes = Object.entries(busy.processes).map(([name, share]) => [
    name,
    share === null ? null : round(share, 2),
  ]);
  return { ...Object.fromEntries(processes), machine: round(busy.machine, 2) };
}

function round(value: number, digits = 0): number {
  return Number(value.toFixed(digits));
}
