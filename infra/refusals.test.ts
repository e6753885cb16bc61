import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { evaluate } from "./testing/evaluate.ts";
import { installPlatform, withoutEngines } from "./testing/platform.ts";
import { root, run } from "./testing/run.ts";
import { secretValues } from "./testing/stages.ts";

test("every secret that is missing is named before anything is made", async () => {
  const { failure, resources } = await evaluate({ stage: "ada", env: { AWS_REGION: "us-east-1" } });
  for (const name of Object.keys(secretValues).map((variable) => variable.replace("SST_SECRET_", ""))) {
    expect(failure).toContain(`npx sst secret set ${name} <value> --stage ada`);
  }
  expect(resources.filter(({ type }) => !type.startsWith("pulumi:"))).toEqual([]);
});

test.each([
  ["a stage whose name AWS cannot take", "Feature_X", "us-east-1", /"Feature_X" cannot be a part of AWS's names/],
  ["a region that there is not", "ada", "us-east-9", /AWS_REGION is "us-east-9": AWS has no such region/],
])("%s makes nothing", async (_, stage, AWS_REGION, message) => {
  const { failure, resources } = await evaluate({ stage, env: { AWS_REGION } });
  expect(failure).toMatch(message);
  expect(resources).toEqual([]);
});

test("without credentials the real SST ends at once, and says what is missing", { timeout: 300_000 }, async () => {
  await installPlatform();
  const HOME = mkdtempSync(join(tmpdir(), "eventfork-nobody-"));
  // Empty, so that a developer's own .env does not fill them; and nothing but a look, should there be any after all.
  const nobody = {
    AWS_ACCESS_KEY_ID: "",
    AWS_SECRET_ACCESS_KEY: "",
    AWS_PROFILE: "",
    AWS_EC2_METADATA_DISABLED: "true",
  };
  const env = { PATH: process.env.PATH, HOME, CI: "1", ...nobody, ...withoutEngines };
  await expect(run(join(root, "node_modules/.bin/sst"), ["diff", "--stage", "ada"], env)).rejects.toThrow(
    /AWS credentials are not configured\. Try configuring your profile/,
  );
  rmSync(HOME, { recursive: true, force: true });
});
