import type { ChaosResult } from "./run.ts";

export function toFigures({ crashes, ...result }: ChaosResult) {
  const { published, lost, duplicates, inWindow, unfinished, chargedToRateLimits, seed } = result;
  const figures = { published, lost, duplicates, crashes: countCrashes(crashes), inWindow, unfinished };
  return { ...figures, chargedToRateLimits, seed };
}

/** Slack has no idempotency key: each crash in its window may double a post. */
export function isPassed({ lost, unfinished, chargedToRateLimits, duplicates, inWindow }: ChaosResult): boolean {
  const isSlackExcused = duplicates.slack <= inWindow;
  if (lost + unfinished + chargedToRateLimits > 0) return false;
  return duplicates.analytics === 0 && duplicates.mailchimp === 0 && isSlackExcused;
}

export function toText(result: ChaosResult): string {
  const { crashes, duplicates, inWindow, seconds } = result;
  const times = (count: number) => `${count} time${count === 1 ? "" : "s"}`;
  return [
    `${result.published} events in ${seconds.faults.toFixed(1)} s of faults; at rest ${seconds.drain.toFixed(1)} s later${result.isDrained ? "" : " (NOT at rest)"}`,
    `ended: consumers with -9 ${times(crashes.consumers)}, relays ${times(crashes.relays)}, Postgres ${times(crashes.postgres)}, the emulator ${times(crashes.broker)}`,
    `lost ${result.lost}, unfinished ${result.unfinished}, charged to rate limits ${result.chargedToRateLimits}, dead letters replayed ${result.replayed}`,
    `duplicates: analytics ${duplicates.analytics}, Mailchimp ${duplicates.mailchimp}, Slack ${duplicates.slack} (of ${countCrashes(crashes)} crashes ${inWindow} were in its window)`,
    `${isPassed(result) ? "passed" : "FAILED"}; again with: npm run chaos -- --events ${result.published} --seed ${result.seed}`,
  ].join("\n");
}

export function countCrashes(crashes: ChaosResult["crashes"]): number {
  return Object.values(crashes).reduce((sum, count) => sum + count, 0);
}
