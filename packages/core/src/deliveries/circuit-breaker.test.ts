import { describe, expect, test } from "vitest";
import { type BatchHealth, type BreakerHealth, decideBreaker, probeDelaySeconds } from "./circuit-breaker.ts";
import { retryDelaySeconds } from "./retry.ts";

const healthy: BreakerHealth = { pauseKind: null, probes: 0, windowSuccess: 0, windowFailure: 0, limitedUntil: null };

describe("the circuit breaker", () => {
  test.each<[string, Partial<BreakerHealth>, Partial<BatchHealth>, string]>([
    ["a few failures do not trip it", { windowFailure: 9 }, { success: 0, failure: 9 }, "none"],
    ["ten failures and no success trip it", { windowFailure: 10 }, { success: 0, failure: 1 }, "trip"],
    ["half of twenty trip it", { windowFailure: 10, windowSuccess: 10 }, { success: 0, failure: 1 }, "trip"],
    ["a tenth of a hundred does not", { windowFailure: 10, windowSuccess: 90 }, { success: 0, failure: 10 }, "none"],
    ["an outage ends with a success", { pauseKind: "outage" }, { success: 1, failure: 0 }, "resume"],
    ["a failed probe schedules a later one", { pauseKind: "outage" }, { success: 0, failure: 1 }, "probe_failed"],
    ["a probe without an outcome changes nothing", { pauseKind: "outage" }, { success: 0, failure: 0 }, "none"],
    ["a rate limit ends an outage", { pauseKind: "outage" }, { isLimited: true }, "resume"],
    ["rate limits never trip it", {}, { isLimited: true }, "none"],
    ["an operator's pause outlives a success", { pauseKind: "manual" }, { success: 1, failure: 0 }, "none"],
    ["broken credentials outlive a success", { pauseKind: "credentials" }, { success: 1, failure: 0 }, "none"],
    ["a pause is not tripped again", { pauseKind: "manual", windowFailure: 99 }, { success: 0, failure: 9 }, "none"],
  ])("%s", (_, health, batch, decision) => {
    expect(decideBreaker({ ...healthy, ...health }, { success: 0, failure: 0, isLimited: false, ...batch })).toBe(
      decision,
    );
  });

  test("probes are further and further apart, up to ten minutes", () => {
    const delays = [0, 1, 2, 3, 10].map((probes) => probeDelaySeconds(probes, { scale: 1, random: () => 1 }));
    expect(delays).toEqual([15, 30, 60, 120, 600]);
    expect(probeDelaySeconds(0, { scale: 1, random: () => 0 })).toBe(12);
  });
});

describe("the retry schedule", () => {
  const schedule = { attempts: 12, baseSeconds: 4, capSeconds: 3600 };
  const delayAfter = (attempt: number, options: { retryAfterSeconds?: number; random?: number; scale?: number } = {}) =>
    retryDelaySeconds(schedule, {
      attempt,
      scale: options.scale ?? 1,
      random: () => options.random ?? 1,
      retryAfterSeconds: options.retryAfterSeconds,
    });

  test("doubles its bound from seconds to an hour", () => {
    const bounds = Array.from({ length: 12 }, (_, i) => delayAfter(i + 1));
    expect(bounds).toEqual([4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600]);
  });

  test("waits any time up to the bound, and never less than a second", () => {
    expect(delayAfter(5, { random: 0.5 })).toBe(32);
    expect(delayAfter(5, { random: 0 })).toBe(1);
  });

  test("never comes before Retry-After, up to the cap", () => {
    expect(delayAfter(1, { retryAfterSeconds: 30, random: 0 })).toBe(30);
    expect(delayAfter(1, { retryAfterSeconds: 30, random: 1 })).toBe(34);
    expect(delayAfter(1, { retryAfterSeconds: 1_000_000, random: 0 })).toBe(3600);
  });

  test("never exceeds SQS's maximum visibility timeout", () => {
    expect(retryDelaySeconds({ ...schedule, capSeconds: 1e9 }, { attempt: 60, scale: 1, random: () => 1 })).toBe(
      43_200,
    );
  });
});
