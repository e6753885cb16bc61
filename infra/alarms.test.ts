import type { Ctx, Figure } from "@eventfork/core/kernel";
import * as Outbox from "@eventfork/core/outbox";
import { reconcile } from "@eventfork/core/reconcile";
import { createTestCtx } from "@eventfork/core/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inputsOf, ofType } from "./testing/graph.ts";
import { evaluateProduction } from "./testing/stages.ts";

let ctx: Ctx;
let alarms: Record<string, unknown>[];

beforeAll(async () => {
  const [graph, made] = await Promise.all([evaluateProduction(), createTestCtx()]);
  ctx = made;
  alarms = ofType(graph, "cloudwatch/metricAlarm:MetricAlarm").map(inputsOf);
}, 600_000);

afterAll(() => ctx?.db.$disconnect());

const watched = (job: string) =>
  alarms
    .filter(({ namespace, dimensions }) => namespace === "Eventfork" && (dimensions as { job: string }).job === job)
    .map(({ metricName }) => String(metricName));

test.each([
  ["relay", Outbox.relay],
  ["reconcile", reconcile],
] as const)("every figure of the %s that an alarm watches is published, also when it is zero", async (job, run) => {
  const published: Figure[] = [];
  await run({ ...ctx, metrics: { publish: (figures) => void published.push(...figures) } });
  const names = published.map(({ name }) => name);
  expect(watched(job).length).toBeGreaterThan(0);
  for (const name of watched(job)) expect(names).toContain(name);
});

test("an alarm's dimensions are those under which a function of its stage publishes", () => {
  for (const { namespace, dimensions } of alarms) {
    if (namespace !== "Eventfork") continue;
    expect(dimensions).toEqual({ service: "eventfork", stage: "production", job: expect.any(String) });
  }
});
