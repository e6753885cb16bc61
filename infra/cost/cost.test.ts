import { readFileSync } from "node:fs";
import { join } from "node:path";
import { relay } from "@eventfork/core/outbox";
import type { Metrics } from "@eventfork/core/platform";
import { reconcile } from "@eventfork/core/reconciliation";
import { reportLag } from "@eventfork/core/system";
import * as Topology from "@eventfork/core/topology";
import { createTestCtx } from "@eventfork/testing";
import { beforeAll, expect, test } from "vitest";
import { repositoryRoot } from "../testing/commands.ts";
import type { Graph } from "../testing/graph/evaluate.ts";
import { ownDatabase } from "../testing/graph/evaluate.ts";
import { evaluateDev, evaluateProduction, evaluateTrial } from "../testing/graph/stages.ts";
import { describeCosts, idleMetrics, listIdle, sumOf } from "./cost.ts";

let production: Graph;
let own: Graph;
beforeAll(async () => {
  [production, own] = await Promise.all([evaluateProduction(), evaluateProduction(ownDatabase)]);
}, 600_000);

test("docs/operations/deploy.md has the costs that npm run cost computes", () => {
  expect([production.failure, own.failure]).toEqual([null, null]);
  const text = readFileSync(join(repositoryRoot, "docs/operations/deploy.md"), "utf8");
  for (const line of describeCosts({ production, own }).split("\n")) expect(text.split("\n")).toContain(line);
});

test("a trial costs only its larger NAT instances more, and sst dev less than two dollars", async () => {
  const [trial, dev] = await Promise.all([evaluateTrial(), evaluateDev()]);
  const nat = (graph: Graph) => sumOf(listIdle(graph).filter(({ what }) => what.includes("NAT instances")));
  expect(nat(trial) - nat(production)).toBeCloseTo(2 * (0.0084 - 0.0042) * 730);
  expect(listIdle(dev).map(({ what }) => what)).toEqual([expect.stringMatching(/^polling/)]);
  expect(sumOf(listIdle(dev))).toBeLessThan(2);
});

test("idle jobs report exactly the counted metrics", async () => {
  const reported = new Set<string>();
  const metrics: Metrics = {
    publish(figures) {
      for (const { name, integration = "" } of figures) reported.add(`${name} ${integration}`);
    },
  };
  const ctx = { ...(await createTestCtx()), metrics };
  await relay(ctx);
  await reconcile(ctx);
  await reportLag(ctx);
  const ofIntegrations = [...reported].filter((name) => !name.endsWith(" "));
  expect(reported.size - ofIntegrations.length).toBe(idleMetrics.common);
  expect(ofIntegrations.length).toBe(idleMetrics.ofIntegration * Topology.requiredNames.length);
});
