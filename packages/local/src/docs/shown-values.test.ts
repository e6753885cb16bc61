import { randomUUID } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createApiKey, createApiKeyInput } from "@eventfork/core/api-keys";
import { catalog, eventTime } from "@eventfork/core/events";
import { ingest } from "@eventfork/core/ingest";
import { EventforkError } from "@eventfork/core/platform";
import * as coreEnv from "@eventfork/core/platform/env";
import { loops } from "@eventfork/core/providers/loops";
import { rangeInput } from "@eventfork/core/rollups";
import { findProblems } from "@eventfork/filter-policy";
import { createTestCtx } from "@eventfork/testing";
import { expect, onTestFinished, test, vi } from "vitest";
import type { z } from "zod";
import { readWebEnv } from "../../../../apps/web/src/env.ts";
import { readStage } from "../../../../infra/stage/stage.ts";
import { createProgram, listCommands } from "../../../cli/src/program.ts";
import { isStageName } from "../../../cli/src/stage.ts";
import { pathOf } from "../../../cli/src/testing/eventfork.ts";
import { readStackEnv } from "../env/index.ts";
import { findCommands, readPages, root } from "./pages.ts";

const settings: Readonly<Record<string, z.ZodType>> = Object.assign(
  {},
  loops.env,
  ...Object.entries(coreEnv).flatMap(([name, shape]) =>
    name.endsWith("Env") && typeof shape === "object" ? shape : [],
  ),
);

const isSetting = (name: string, value: string) => settings[name]?.safeParse(value).success === true;
const isPolicy = (text: string) => findProblems(text, "MessageBody").length === 0;

function isRead(name: string, value: string, read: () => unknown): boolean {
  vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  try {
    read();
    return true;
  } catch (thrown) {
    if (!(thrown instanceof EventforkError)) throw thrown;
    return thrown.problems.every(({ path }) => !path.startsWith(name));
  }
}

function areAddresses(): boolean {
  const shown = Object.entries(settings).flatMap(([name, shape]) => {
    const [issue] = shape.safeParse("no address").error?.issues ?? [];
    const [, value] = /http\(s\) address such as (\S+)$/.exec(issue?.message ?? "") ?? [];
    return value === undefined ? [] : [[name, value] as const];
  });
  return shown.length > 5 && shown.every(([name, value]) => isSetting(name, value));
}

async function isIdempotencyKey(idempotencyKey: string): Promise<boolean> {
  const ctx = await createTestCtx();
  const { secret } = await createApiKey(ctx, { name: "Shop", types: ["user.signed_up"], source: "shop" });
  const body = JSON.stringify({ type: "user.signed_up", data: catalog["user.signed_up"].example });
  const answer = await ingest(ctx, { authorization: `Bearer ${secret}`, idempotencyKey, body });
  return answer.events.length === 1;
}

const hasOption = (command: string, option: string) =>
  createProgram({ isJson: true })
    .commands.find((one) => one.name() === command)
    ?.commands.some(({ options }) => options.some(({ long }) => long === option)) === true;

type Row = readonly [file: string, value: string, isAccepted: () => boolean | Promise<boolean>];

const shown: readonly Row[] = [
  ["packages/cli/src/commands/dead-letters.ts", "--group", () => hasOption("dead-letters", "--group")],
  ["packages/cli/src/stage.ts", "--stage production", () => isStageName("production")],
  ["packages/cli/src/commands/dead-letters.ts", "2026-11-24T10:00:00Z", () => isRange("2026-11-24T10:00:00Z")],
  ["packages/cli/src/commands/rollups.ts", "2026-11-25T10:00:00Z", () => isRange("2026-11-25T10:00:00Z")],
  [
    "packages/core/src/rollups/range.ts",
    "Europe/Berlin",
    () => rangeInput.safeParse({ timeZone: "Europe/Berlin" }).success,
  ],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: as the source has it
  ["packages/core/src/platform/env/index.ts", "${example}", areAddresses],
  [
    "packages/core/src/platform/env/index.ts",
    "postgresql://user:password@host:5432/database",
    () => isSetting("DATABASE_URL", "postgresql://user:password@host:5432/database"),
  ],
  ["packages/core/src/platform/env/index.ts", "1", () => isSetting("EVENTFORK_RETRY_SCALE", "1")],
  [
    "packages/core/src/platform/env/index.ts",
    "hello@example.com",
    () => isSetting("EVENTFORK_MAIL_FROM", "hello@example.com"),
  ],
  ["packages/core/src/platform/env/index.ts", "0123abcd-us19", () => isSetting("MAILCHIMP_API_KEY", "0123abcd-us19")],
  ["packages/core/src/platform/env/index.ts", "C0123456789", () => isSetting("SLACK_CHANNEL", "C0123456789")],
  [
    "packages/core/src/providers/loops/index.ts",
    "https://app.loops.so/api/",
    () => isSetting("LOOPS_API_URL", "https://app.loops.so/api/"),
  ],
  [
    "packages/local/src/env/index.ts",
    "http://127.0.0.1:4566",
    () => isRead("AWS_ENDPOINT_URL", "http://127.0.0.1:4566", readStackEnv),
  ],
  ["apps/web/src/env.ts", "10.0.0.0/8", () => isRead("TRUSTED_PROXIES", "10.0.0.0/8", readWebEnv)],
  [
    "packages/core/src/events/envelope.ts",
    "2026-11-23T10:00:00Z",
    () => eventTime.safeParse("2026-11-23T10:00:00Z").success,
  ],
  ["packages/filter-policy/src/validate.ts", '["a"]', () => isPolicy('{"data":{"x":["a"]}}')],
  [
    "packages/filter-policy/src/parse.ts",
    '\\\\n, \\\\" or \\\\u0041',
    () => isPolicy('{"a":["\\n","\\"","\\u0041b"]}'),
  ],
  ["packages/filter-policy/src/parse.ts", '{"type":["user.signed_up"]}', () => isPolicy('{"type":["user.signed_up"]}')],
  ["packages/filter-policy/src/operators/cidr.ts", "10.0.0.0/24", () => isPolicy('{"ip":[{"cidr":"10.0.0.0/24"}]}')],
  ["packages/filter-policy/src/operators/index.ts", '"10.0.0.0/24"', () => isPolicy('{"ip":[{"cidr":"10.0.0.0/24"}]}')],
  [
    "packages/filter-policy/src/operators/index.ts",
    '{"prefix":"user."}',
    () => isPolicy('{"type":[{"prefix":"user."}]}'),
  ],
  [
    "packages/core/src/api-keys/index.ts",
    "shop",
    () => createApiKeyInput.safeParse({ name: "Shop", types: ["user.signed_up"], source: "shop" }).success,
  ],
  ["packages/core/src/ingest/index.ts", "a UUID", () => isIdempotencyKey(randomUUID())],
  ["packages/core/src/ingest/index.ts", "Authorization: Bearer efk_…", () => isIdempotencyKey("one")],
  ["packages/core/src/platform/env/index.ts", "4000", () => isSetting("EVENTFORK_QUERY_TIMEOUT_MS", "4000")],
  ["infra/stage/stage.ts", "vpc-0123456789abcdef0", () => readStage("ada", vpcEnv).vpcId === "vpc-0123456789abcdef0"],
  ["infra/stage/stage.ts", "us-east-1", () => readStage("production", stageEnv).region === "us-east-1"],
  [
    "infra/stage/stage.ts",
    "events.example.com",
    () => readStage("production", stageEnv).domain === "events.example.com",
  ],
];

const vpcEnv = {
  AWS_REGION: "us-east-1",
  EVENTFORK_DATABASE: "own",
  EVENTFORK_VPC_ID: "vpc-0123456789abcdef0",
};

const stageEnv = {
  AWS_REGION: "us-east-1",
  EVENTFORK_ALARM_EMAIL: "operators@example.com",
  EVENTFORK_DOMAIN: "events.example.com",
};

const isRange = (from: string) => rangeInput.safeParse({ from }).success;

const sources = globSync(["{packages,apps}/*/src/**/*.{ts,tsx}", "infra/**/*.ts", "scripts/{*,browser/*}.ts"], {
  cwd: root,
}).filter((path) => !/\.test\.ts$|\/(testing|generated)\//.test(path));

const phrase = /(?:\bsuch as|\bas in:?|\bfor (?:example|instance),?|, as(?= 20\d\d)|, like)(?: +|(?<=:))/g;

function readLines(): (readonly [file: string, line: string])[] {
  return sources.flatMap((file) =>
    readFileSync(join(root, file), "utf8")
      .split("\n")
      .filter((line) => !/^\s*(?:\*|\/\/|\/\*)/.test(line))
      .map((line) => [file, line] as const),
  );
}

const findShown = () =>
  readLines().flatMap(([file, line]) =>
    [...line.matchAll(phrase)].map((found) => [file, line.slice(found.index + found[0].length)] as const),
  );

test("each value that an error shows is tested, and no other", () => {
  const found = findShown();
  const isHeld = ([file, rest]: readonly [string, string]) =>
    shown.some(([of, value]) => of === file && rest.startsWith(value));
  expect(found.filter((one) => !isHeld(one))).toEqual([]);
  expect(shown.filter(([of, value]) => !found.some(([file, rest]) => of === file && rest.startsWith(value)))).toEqual(
    [],
  );
});

test.each(shown)("%s shows %s, which its validation accepts", async (_file, _value, isAccepted) => {
  expect(await isAccepted()).toBe(true);
});

const names = (path: string) => Object.keys(JSON.parse(readFileSync(join(root, path), "utf8")).scripts);
const scripts = ["package.json", "apps/web/package.json"].flatMap(names);
const sstCommands = findCommands(readPages()).flatMap(([, command]) => /^npx sst ([a-z]+)/.exec(command)?.[1] ?? []);
const commands = listCommands(createProgram({ isJson: true })).map((command) => pathOf(command));

test("each command that an error, a screen or the CLI names exists", () => {
  const named = readLines().flatMap(([file, line]) =>
    [...line.matchAll(/\b(npm run|npx sst|eventfork) ([a-z][\w:-]+(?: [a-z][\w-]*)*)/g)].map(
      ([text, program = "", words = ""]) => ({ file, text, program, words }),
    ),
  );
  expect(named.length).toBeGreaterThan(15);
  const isCommand = { "npm run": scripts, "npx sst": sstCommands, eventfork: [...commands, "complete"] };
  const isKnown = (program: string, words: string) =>
    Object.entries(isCommand).some(
      ([name, known]) => name === program && known.some((one) => one !== "" && `${words} `.startsWith(`${one} `)),
    );
  expect(named.filter(({ program, words }) => !isKnown(program, words))).toEqual([]);
});
