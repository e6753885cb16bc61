import * as Topology from "../packages/core/src/topology/index.ts";
import { type Size, sizes } from "./size.ts";

/** The jobs' timeouts. Each runs every minute, and at most once at the same time. */
export const jobTimeoutSeconds = { relay: 50, reconcile: 50, replay: 59 };

/** Lambda keeps this many for functions without a reservation. Source: Lambda developer guide, "Configuring reserved concurrency". */
const unreservedMinimum = 100;

/** The most invocations at the same time, by what bounds them. */
export function countConcurrency(names: readonly Topology.IntegrationName[], size: Size) {
  const consumers = names.reduce((sum, name) => sum + Topology.topologyOf(name).maximumConcurrency, 0);
  return {
    consumers,
    archive: names.length * Topology.archive.maximumConcurrency,
    jobs: Object.keys(jobTimeoutSeconds).length,
    migrateAndGrant: 2,
    web: sizes[size].webConcurrency ?? 1,
  };
}

/**
 * The quota without which a stage would throttle itself. A trial's archive and deployment take turns with the rest:
 * nothing is lost by waiting in a dead letter queue, which has no redrive.
 */
export function neededConcurrency(names: readonly Topology.IntegrationName[], size: Size): number {
  const { consumers, archive, jobs, migrateAndGrant, web } = countConcurrency(names, size);
  return consumers + jobs + web + (size === "trial" ? 0 : archive + migrateAndGrant);
}

/** Undefined where the size asks for none, or where the account's quota cannot take the reservation. */
export function reservableForWeb(size: Size, quota: number | undefined): number | undefined {
  const { webConcurrency } = sizes[size];
  if (webConcurrency === undefined || quota === undefined) return undefined;
  return quota - webConcurrency >= unreservedMinimum ? webConcurrency : undefined;
}
