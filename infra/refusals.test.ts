import { expect, test } from "vitest";
import { evaluate } from "./testing/evaluate.ts";
import { secretValues } from "./testing/stages.ts";

test("every secret that is missing is named before anything is made", async () => {
  const { failure, resources } = await evaluate({ stage: "ada", env: { AWS_REGION: "us-east-1" } });
  for (const name of Object.keys(secretValues).map((variable) => variable.replace("SST_SECRET_", ""))) {
    expect(failure).toContain(`npx sst secret set ${name} <value> --stage ada`);
  }
  expect(resources.filter(({ type }) => !type.startsWith("pulumi:"))).toEqual([]);
});

test("a stage whose name AWS cannot take makes nothing", async () => {
  const { failure, resources } = await evaluate({ stage: "Feature_X", env: { AWS_REGION: "us-east-1" } });
  expect(failure).toMatch(/"Feature_X" cannot be a part of AWS's names/);
  expect(resources).toEqual([]);
});
