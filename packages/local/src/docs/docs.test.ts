import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, globSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { dirname, join, normalize } from "node:path";
import { promisify } from "node:util";
import { PublishCommand } from "@aws-sdk/client-sns";
import { DeleteMessageCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { createApiKey } from "@eventfork/core/api-keys";
import { type Ctx, silentLogger } from "@eventfork/core/platform";
import type { Messaging } from "@eventfork/core/platform/aws";
import { createMessaging } from "@eventfork/core/platform/fan-out";
import { errorTables } from "@eventfork/core/providers";
import type { IntegrationName } from "@eventfork/core/topology";
import { admin, createTestMessaging, type TestMessaging } from "@eventfork/testing";
import { createAdaptorServer } from "@hono/node-server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { answerIngest } from "../../../../apps/web/src/server/http/ingest.ts";
import { createProgram, listCommands } from "../../../cli/src/program.ts";
import { createCli, splitShell } from "../../../cli/src/testing/eventfork.ts";
import { type Sandbox, sandboxEnv, startSandbox } from "../sandbox/index.ts";
import {
  findCommands,
  isPlace,
  type Page,
  readCode,
  readCommands,
  readHeadings,
  readPageLinks,
  readPages,
  root,
} from "./pages.ts";

const pages = readPages();
const allCommands = findCommands(pages);

let cli: Awaited<ReturnType<typeof createCli>>;
let messaging: Messaging;
let sandbox: Sandbox;
let consumers: ChildProcess;
const ctx = (): Ctx => ({ db: cli.db, messaging, actor: admin, log: silentLogger, now: () => new Date() });

beforeAll(async () => {
  [cli, sandbox] = await Promise.all([createCli(), startSandbox({ port: 0 })]);
  messaging = createMessaging(cli.env);
  const env = { ...cli.env, ...sandboxEnv(sandbox.url) };
  consumers = spawn(process.execPath, [join(root, "packages/worker/src/main.ts")], { env, stdio: "ignore" });
});

afterAll(async () => {
  consumers.kill("SIGTERM");
  await Promise.all([once(consumers, "exit"), sandbox.stop()]);
});

test("there are pages, and commands on them", () => {
  expect(pages.length).toBeGreaterThan(12);
  expect(allCommands.length).toBeGreaterThan(40);
});

describe.each(pages.map((page) => [page.path, page] as const))("%s", (path, page) => {
  test("every link has a target", () => {
    const broken = readPageLinks(page).filter((link) => {
      const target = link.path === "" ? path : normalize(join(dirname(path), link.path));
      if (!existsSync(join(root, target))) return true;
      const linked = pages.find((other) => other.path === target);
      return link.heading !== null && linked !== undefined && !readHeadings(linked).includes(link.heading);
    });
    expect(broken).toEqual([]);
  });

  test("every path exists", () => {
    const { inline } = readCode(page);
    expect(inline.filter(isPlace).filter((place) => !existsSync(join(root, place)))).toEqual([]);
  });
});

describe("docs/operations/security.md", () => {
  const page = pages.find(({ path }) => path === "docs/operations/security.md") as Page;
  const { inline } = readCode(page);

  test("every file that it names is there", () => {
    const named = inline.filter((code) => /^(?:[\w.-]+\/)+[\w.-]+\.tsx?$/.test(code));
    expect(named.length).toBeGreaterThan(50);
    const folders = [root, join(root, "packages/core/src")];
    expect(named.filter((file) => !folders.some((folder) => existsSync(join(folder, file))))).toEqual([]);
  });

  test("every test that it names is there, with its path", () => {
    const tests = inline.filter((code) => /\w\.(?:test|spec)\.ts$/.test(code));
    expect(tests.length).toBeGreaterThan(30);
    const all = globSync("{apps,packages,infra,e2e}/**/*.{test,spec}.ts", { cwd: root, exclude: ["**/node_modules"] });
    expect(tests.filter((name) => !all.some((file) => `/${file}`.endsWith(`/${name}`)))).toEqual([]);
    expect(tests.filter((name) => !name.includes("/"))).toEqual([]);
  });
});

describe("a command of eventfork", () => {
  const prefix = /^(?:npm run (?:--silent )?eventfork -- |(?:npx )?eventfork )/;
  const commands = allCommands.filter(([, command]) => prefix.test(command) && !command.endsWith(" …"));

  test("there are some", () => expect(commands.length).toBeGreaterThan(15));

  test.each(commands)("%s: %s parses", async (_, command) => {
    const args = splitShell(command.replace(prefix, ""));
    const program = createProgram({ isJson: true });
    let ran = args[0] === "complete";
    for (const each of listCommands(program)) {
      each.action(() => {
        ran = true;
      });
    }
    await program.parseAsync(args, { from: "user" }).catch((thrown) => {
      if (args.length > 2 || !/required option|missing required argument/.test(String(thrown))) throw thrown;
      ran = true;
    });
    expect(ran).toBe(true);
  });

  const shown = pages
    .flatMap((page) =>
      readCode(page)
        .blocks.flatMap(readCommands)
        .map((command) => [page.path, command] as const),
    )
    .filter(([, command]) => prefix.test(command));

  test.each(shown)("%s: %s runs", { timeout: 60_000 }, async (_, command) => {
    const result = await cli.eventfork(splitShell(command.replace(prefix, "")));
    expect(result).toMatchObject({ code: 0, stderr: "" });
    expect(result.stdout).not.toBe("");
  });
});

const connecting = pages.filter(({ path }) => path.startsWith("docs/how-to/connect-"));

test.each(connecting.map((page) => [page.path, page.text]))("%s names existing codes", (path, text) => {
  const name = /connect-(\w+)/.exec(path)?.[1] ?? "";
  const table = Object.keys(errorTables[name as IntegrationName]);
  const [, rows = ""] = text.split("## Common errors");
  const codes = [...rows.matchAll(/^\| `([^`]+)`/gm)].map(([, code]) => code);
  expect(codes.length).toBeGreaterThan(4);
  expect(codes.filter((code) => !table.includes(code ?? ""))).toEqual([]);
});

describe("docs/how-to/send-events.md", () => {
  const page = pages.find(({ path }) => path === "docs/how-to/send-events.md") as Page;
  const blockWith = (words: string) => readCode(page).blocks.find((block) => block.includes(words)) ?? "";
  const data = { userId: "usr_1", email: "ada@lovelace.dev", name: "Ada", marketingConsent: true };

  let unconsumed: TestMessaging;
  beforeAll(async () => {
    unconsumed = await createTestMessaging();
  });

  test("curl's request is accepted and gets the documented response", async () => {
    const { secret } = await createApiKey(ctx(), { name: "Shop", types: ["user.signed_up"], source: "shop" });
    const server = createAdaptorServer({ fetch: (request) => answerIngest(ctx(), request, () => undefined) });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const [command = ""] = readCommands(blockWith("curl -X POST"));
    const run = command.replace("https://app.example.com", `http://127.0.0.1:${port}`).replace(/^curl/, "curl -si");
    const { stdout } = await promisify(execFile)("sh", ["-c", run], { env: { ...cli.env, EVENTFORK_KEY: secret } });
    server.close();
    expect(stdout).toMatch(/^HTTP\/1\.1 202 [\s\S]*\{"events":\[\{"id":"evt_[^"]+","type":"user\.signed_up"\}\]\}/);
  });

  test("five lines of a Node program publish an event", async () => {
    const program = join(root, "packages/local/src/docs/five-lines.ts");
    const lines = blockWith("await publishDirect");
    expect(
      lines
        .trim()
        .split("\n")
        .filter((line) => line !== ""),
    ).toHaveLength(4);
    writeFileSync(program, `const data = ${JSON.stringify(data)};\n${lines}`);
    const { topicArn, queues } = unconsumed;
    const env = { ...cli.env, EVENTFORK_TOPIC_ARN: topicArn, EVENTFORK_QUEUES: JSON.stringify(queues) };
    const run = promisify(execFile)(process.execPath, [program], { env });
    await run.finally(() => rm(program));
    expect(await receive()).toMatchObject({ type: "user.signed_up", source: "shop", data });
  });

  test("an event from aws sns publish reaches the queues that the rules name", async () => {
    const [command = ""] = readCommands(blockWith("aws sns publish"));
    const args = splitShell(command);
    const given = (option: string) => args[args.indexOf(option) + 1] ?? "";
    const input = {
      TopicArn: unconsumed.topicArn,
      Message: given("--message"),
      MessageAttributes: JSON.parse(given("--message-attributes")),
    };
    await unconsumed.sns.send(new PublishCommand(input));
    expect(await receive()).toEqual(JSON.parse(input.Message));
  });

  async function receive(): Promise<unknown> {
    const QueueUrl = unconsumed.queues.analytics.url;
    const { Messages } = await unconsumed.sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 }));
    const [message] = Messages ?? [];
    await unconsumed.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle }));
    return JSON.parse(message?.Body ?? "null");
  }
});
