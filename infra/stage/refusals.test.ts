import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { repositoryRoot, runCommand } from "../testing/commands.ts";
import { evaluate, secretValues } from "../testing/graph/evaluate.ts";
import { installPlatform, withoutEngines } from "../testing/platform.ts";
import { signCall } from "./aws-call.ts";
import { findRefusals, findVpcRefusals } from "./refusals.ts";
import { readStage } from "./stage.ts";

vi.setConfig({ testTimeout: 120_000 });

test("every missing secret is named before anything is created", async () => {
  const { failure, resources } = await evaluate({
    stage: "ada",
    env: { AWS_REGION: "us-east-1", OTEL_EXPORTER_OTLP_ENDPOINT: "http://localhost:4318" },
  });
  expect(failure).toContain('OTEL_EXPORTER_OTLP_ENDPOINT is "http://localhost:4318", this machine\'s');
  for (const name of Object.keys(secretValues).map((variable) => variable.replace("SST_SECRET_", ""))) {
    expect(failure).toContain(`npx sst secret set ${name} <value> --stage ada`);
  }
  expect(resources.filter(({ type }) => !type.startsWith("pulumi:"))).toEqual([]);
});

test("an invalid stage name or region creates nothing", async () => {
  const { failure, resources } = await evaluate({ stage: "Feature_X", env: { AWS_REGION: "us-east-9" } });
  expect(failure).toMatch(/"Feature_X" cannot be a part of AWS's names/);
  expect(failure).toMatch(/AWS_REGION is "us-east-9": AWS has no such region/);
  expect(resources).toEqual([]);
});

const production = { AWS_REGION: "us-east-1", EVENTFORK_ALARM_EMAIL: "operators@example.com" };

test("every refusal of a new account, and a missing VPC, is named before anything is created", async () => {
  const missing = { EVENTFORK_MAIL_FROM: "hello@example.com", EVENTFORK_VPC_ID: "vpc-0000000000000dead" };
  const { failure, resources } = await evaluate({
    stage: "production",
    account: { plan: "FREE", concurrency: 10, mail: "sandbox" },
    env: { ...production, ...secretValues, ...missing },
  });
  for (const message of [
    /^Nothing was created or changed:/,
    /RDS keeps one day of backups and not 14 \(FreeTierRestrictionError\)/,
    /cannot start the VPC's instances for NAT and tunnel \(t4g\.nano\)/,
    /runs 10 Lambda functions at the same time in us-east-1, and "production" needs \d+\. Request 1,000/,
    /SES is in its sandbox in us-east-1: mail from hello@example\.com/,
    /EVENTFORK_VPC_ID is "vpc-0000000000000dead", which was not found in us-east-1/,
  ]) {
    expect(failure).toMatch(message);
  }
  expect(resources.filter(({ type }) => !/^(pulumi|sst):/.test(type))).toEqual([]);
});

describe("an account is refused exactly the settings that AWS would refuse", () => {
  const stage = (env: Record<string, string>, name = "production") => readStage(name, { ...production, ...env });
  const established = { isOnFreePlan: false, concurrency: 1_000, isInMailSandbox: false };
  const mail = { EVENTFORK_MAIL_FROM: "hello@example.com" };

  test.each([
    ["an established account", stage(mail), established, []],
    [
      "an account with unknown settings",
      stage(mail),
      { isOnFreePlan: undefined, concurrency: undefined, isInMailSandbox: undefined },
      [],
    ],
    [
      "the Free plan with an own database",
      stage({ EVENTFORK_DATABASE: "own" }),
      { ...established, isOnFreePlan: true },
      [],
    ],
    ["the Free plan with a trial", stage({ EVENTFORK_SIZE: "trial" }), { ...established, isOnFreePlan: true }, []],
    ["the Free plan with a developer's stage", stage({}, "ada"), { ...established, isOnFreePlan: true }, [/t4g\.nano/]],
    ["a quota that is too low", stage({}), { ...established, concurrency: 50 }, [/or set EVENTFORK_SIZE=trial$/]],
    [
      "a quota that is too low for a trial",
      stage({ EVENTFORK_SIZE: "trial" }),
      { ...established, concurrency: 5 },
      [/Concurrent executions$/],
    ],
    ["SES's sandbox without mail", stage({}), { ...established, isInMailSandbox: true }, []],
  ])("%s", (_, settings, account, expected) => {
    const { isOnFreePlan, concurrency, isInMailSandbox } = account;
    const asked = settings.mailFrom === undefined ? undefined : isInMailSandbox;
    const needed = settings.size === "trial" ? 10 : 60;
    const { problems } = findRefusals(settings, { isOnFreePlan, concurrency, isInMailSandbox: asked }, needed);
    expect(problems).toEqual(expected.map((message) => expect.stringMatching(message)));
  });

  test("a developer's stage only gets warnings for sandbox mail and for a web app without a limit", () => {
    const account = { ...established, concurrency: 120, isInMailSandbox: true };
    const { problems, advice } = findRefusals(stage(mail, "ada"), account, 60);
    expect(problems).toEqual([]);
    expect(advice).toEqual([
      expect.stringMatching(/not limited to 40 invocations/),
      expect.stringMatching(/SES is in its sandbox/),
    ]);
  });
});

test("a VPC that SST did not create is refused", () => {
  const find = (found: Record<string, string> | Error) => findVpcRefusals("vpc-1", "us-east-1", found);
  expect(find({ "sst:ref-version": "2" })).toEqual([]);
  expect(find({ Name: "default" })).toEqual([expect.stringMatching(/"vpc-1", which SST did not make/)]);
  expect(find(new Error("no rights"))).toEqual([expect.stringMatching(/not found in us-east-1: .+ \(no rights\)$/)]);
});

test("signatures match AWS's test suite", () => {
  // AWS's signature version 4 test suite, get-vanilla.
  const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
  const call = { service: "service", region: "us-east-1", host: "example.amazonaws.com", path: "/" };
  const { headers } = signCall(call, credentials, new Date("2015-08-30T12:36:00Z"));
  expect(headers.authorization).toMatch(/5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31$/);
});

test("without credentials SST exits and names the missing credentials", { timeout: 300_000 }, async () => {
  await installPlatform();
  const HOME = mkdtempSync(join(tmpdir(), "eventfork-nobody-"));
  const noCredentials = {
    AWS_ACCESS_KEY_ID: "",
    AWS_SECRET_ACCESS_KEY: "",
    AWS_PROFILE: "",
    AWS_EC2_METADATA_DISABLED: "true",
  };
  const env = { PATH: process.env.PATH, HOME, CI: "1", ...noCredentials, ...withoutEngines };
  await expect(
    runCommand(join(repositoryRoot, "node_modules/.bin/sst"), ["diff", "--stage", "ada"], env),
  ).rejects.toThrow(/AWS credentials are not configured\. Try configuring your profile/);
  rmSync(HOME, { recursive: true, force: true });
});
