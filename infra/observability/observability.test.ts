import { beforeAll, expect, test } from "vitest";
import type { Graph } from "../testing/graph/evaluate.ts";
import { buildOf, ofType, ourFunctions, variablesOf } from "../testing/graph/graph.ts";
import { evaluateProduction, evaluateVpc, tracing, tracingSecret } from "../testing/graph/stages.ts";

let on: Graph;
let off: Graph;
beforeAll(async () => {
  [on, off] = await Promise.all([evaluateVpc(), evaluateProduction()]);
}, 600_000);

const idsOf = (graph: Graph) => ourFunctions(graph).map(({ name }) => name.replace(/Function$/, ""));

test("the log level and the collector of the deploying environment reach every function, its key as a secret", () => {
  expect(on.failure).toBeNull();
  for (const id of idsOf(on)) {
    expect({ [id]: variablesOf(on, id) }).toEqual({ [id]: expect.objectContaining(tracing) });
    expect(buildOf(on, id).links.OtelExporterOtlpHeaders?.value).toBe(tracingSecret.SST_SECRET_OtelExporterOtlpHeaders);
  }
  expect(JSON.stringify(ofType(on, "lambda/function:Function"))).not.toContain("secret-of-the-collector");
});

test("without settings there is no collector", () => {
  for (const id of idsOf(off)) {
    expect(Object.keys(variablesOf(off, id)).filter((name) => /^(OTEL_|LOG_LEVEL)/.test(name))).toEqual([]);
    expect(Object.keys(buildOf(off, id).links)).not.toContain("OtelExporterOtlpHeaders");
  }
});
