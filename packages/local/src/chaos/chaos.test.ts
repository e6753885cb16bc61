import { expect, test } from "vitest";
import { countCrashes } from "./crashes.ts";
import { runChaos } from "./run.ts";

const seed = 20_261_123;

test("no delivery is lost and no effect is doubled while consumers, relays, Postgres and the broker are killed", {
  timeout: 180_000,
}, async () => {
  const lines: string[] = [];
  const result = await runChaos({ events: 500, seed, log: (line) => lines.push(line) });
  const context = lines.slice(-20).join("\n");

  expect(result, context).toMatchObject({
    published: 500,
    lost: 0,
    unfinished: 0,
    chargedToRateLimits: 0,
    partitions: 2,
    isDrained: true,
  });
  expect(result.duplicates).toMatchObject({ analytics: 0, mailchimp: 0 });
  expect(result.duplicates.slack).toBeLessThanOrEqual(result.inWindow);
  expect(result.crashes).toMatchObject({ postgres: 2, broker: 2 });
  expect(countCrashes(result.crashes)).toBeGreaterThan(8);
});
