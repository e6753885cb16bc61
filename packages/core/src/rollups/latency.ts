/**
 * Latencies are counted in buckets that grow by 11/9: whatever lies in one is at most 10 % from the value of the
 * bucket. Buckets add up, and percentiles of the sum are as exact. `latency_bucket` in the database chooses the bucket.
 * Source: DDSketch (Masson, Rim, Lee: PVLDB 12/12, 2019).
 */
export const latencyError = 0.1;

const growth = (1 + latencyError) / (1 - latencyError);

export type LatencyBuckets = ReadonlyMap<number, number>;

function latencyOf(bucket: number): number {
  return bucket === 0 ? 1 : (2 * growth ** bucket) / (growth + 1);
}

/** Milliseconds, within `latencyError`; null of nothing. */
export function percentileOf(buckets: LatencyBuckets, share: number): number | null {
  const total = [...buckets.values()].reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const rank = Math.max(1, Math.ceil(share * total));
  let counted = 0;
  for (const [bucket, count] of [...buckets].sort(([one], [other]) => one - other)) {
    counted += count;
    if (counted >= rank) return latencyOf(bucket);
  }
  throw new RangeError(`a share should be between 0 and 1, not ${share}`);
}
