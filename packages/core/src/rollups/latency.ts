/**
 * Times from an event to its delivery are counted in buckets that grow by 11/9: whatever lies in one is at most 10 % from the value that
 * stands for it. Buckets of different minutes and integrations add up, and percentiles of the sum are as exact. After DDSketch (Masson,
 * Rim, Lee: PVLDB 12/12, 2019). `latency_bucket` in the database chooses the bucket.
 */
export const latencyError = 0.1;

const growth = (1 + latencyError) / (1 - latencyError);

/** How many were counted in each bucket. */
export type LatencyBuckets = ReadonlyMap<number, number>;

/** The value that stands for a bucket, in milliseconds. Bucket 0 is a millisecond or less. */
function latencyOf(bucket: number): number {
  return bucket === 0 ? 1 : (2 * growth ** bucket) / (growth + 1);
}

/** The smallest latency that is not exceeded by this share of all, in milliseconds and within `latencyError`; null of nothing. */
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
