import * as Topology from "../../packages/core/src/topology/index.ts";
import { type Size, sizes } from "./size.ts";

/** Each job runs every minute and never overlaps itself. */
export const jobTimeoutSeconds = { relay: 50, reconcile: 50, replay: 59 };

/** Unreservable. Source: Lambda developer guide, "Configuring reserved concurrency". */
const unreservedMinimum = 100;

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

/** Below this quota a stage would throttle itself. */
export function neededConcurrency(names: readonly Topology.IntegrationName[], size: Size): number {
  const { consumers, archive, jobs, migrateAndGrant, web } = countConcurrency(names, size);
  return consumers + jobs + web + (size === "trial" ? 0 : archive + migrateAndGrant);
}

/** Undefined without a reservation. */
export function reservableForWeb(size: Size, quota: number | undefined): number | undefined {
  const { webConcurrency } = sizes[size];
  if (webConcurrency === undefined || quota === undefined) return undefined;
  return quota - webConcurrency >= unreservedMinimum ? webConcurrency : undefined;
}
