import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseEnv } from "node:util";
import { catalog } from "@eventfork/core/events";
import * as coreEnv from "@eventfork/core/platform/env";
import type { Integration } from "@eventfork/core/providers";
import { integrations } from "@eventfork/core/topology";
import { grantRoleInput } from "@eventfork/core/users";
import { findProblems, runTestLine } from "@eventfork/filter-policy";
import { deliverOptions, errorOf, everythingIn, exampleSignUps } from "@eventfork/testing/example-events";
import { startHttpRecorder } from "@eventfork/testing/http-recorder";
import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { readStage } from "../../../../infra/stage/stage.ts";
import { splitShell } from "../../../cli/src/testing/eventfork.ts";
import { readCode, readCommands, readPages, root } from "./pages.ts";

const blocks = readPages().flatMap((page) => readCode(page).blocks.map((code) => ({ path: page.path, code })));

const beyondCommands = (code: string) =>
  code
    .replaceAll(/\\\n\s*/g, "")
    .split("\n")
    .filter((line) => readCommands(line).length === 0 && !/^\s*(?:#|$)/.test(line))
    .join("\n");

function areSettings(code: string, shape: z.ZodRawShape): void {
  const given = Object.entries(parseEnv(code));
  expect(given.length).toBeGreaterThan(1);
  for (const [name, value] of given) {
    expect(z.object({ [name]: shape[name] ?? z.never() }).safeParse({ [name]: value }), name).toMatchObject({
      success: true,
    });
  }
}

const stageWith = (settings: string) => {
  const env = { AWS_REGION: "us-east-1", EVENTFORK_ALARM_EMAIL: "operators@example.com", ...parseEnv(settings) };
  return readStage("production", env);
};

/** The entry that docs/how-to/add-an-event-type.md adds to the catalog. */
function readInvoice() {
  const { data, personal } = catalog["user.signed_up"];
  const { userId, email, name } = data.shape;
  const code = readBlock('"invoice.paid": {');
  const entries: typeof catalog = new Function("z", "person", "personal", `return {${code}}`)(
    ...[z, { userId, email, name }, personal],
  );
  return Object.values(entries)[0] ?? expect.fail("docs/how-to/add-an-event-type.md adds no event type");
}

const readBlock = (start: string) => blocks.find(({ code }) => code.startsWith(start))?.code ?? "";

const loopsFolder = join(root, "packages/core/src/providers/loops");

/** The provider of docs/how-to/add-an-integration.md, with the imports of the files that it is a copy of. */
async function importDiscord(provider: string): Promise<Integration> {
  const imports = ["index.ts", "errors.ts"]
    .flatMap((file) => readFileSync(join(loopsFolder, file), "utf8").match(/^import [^;]+;$/gm) ?? [])
    .filter((line) => !/"loops"|topology|"\.\/errors/.test(line))
    .map((line) =>
      line
        .replace('"../../', '"../packages/core/src/')
        .replace('"../framework', '"../packages/core/src/providers/framework'),
    );
  const topology = `const signUps = {};\nconst integrations = { discord: {${readBlock('title: "Discord"')}} };`;
  // Apart from the sources, which other tests list.
  const folder = mkdtempSync(join(root, ".discord-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "discord.ts");
  writeFileSync(file, [...imports, topology, readBlock("const source"), provider].join("\n"));
  return (await import(pathToFileURL(file).href)).discord;
}

type Signer = { sign: (id: string, at: Date, body: string) => string };
const { Webhook }: { Webhook: new (secret: string) => Signer } = createRequire(
  join(root, "packages/core/package.json"),
)("standardwebhooks");

/** The scopes that Slack's methods need. Source: docs.slack.dev. */
const slackScopes = {
  'chat.postMessage"': "chat:write",
  "conversations.info(": "channels:read",
  "conversations.history(": "channels:history",
};

const slackCode = ["index.ts", "history.ts", "channel.ts", "client.ts"]
  .map((file) => readFileSync(join(root, "packages/core/src/providers/slack", file), "utf8"))
  .join("");

const checks: readonly (readonly [path: string, start: string, check: (code: string) => unknown])[] = [
  ["docs/how-to/connect-analytics.md", "ANALYTICS_", (code) => areSettings(code, coreEnv.analyticsEnv)],
  ["docs/how-to/connect-mailchimp.md", "MAILCHIMP_", (code) => areSettings(code, coreEnv.mailchimpEnv)],
  ["docs/how-to/connect-slack.md", "SLACK_", (code) => areSettings(code, coreEnv.slackEnv)],
  ["docs/operations/restore.md", "SOURCE=", (code) => expect(code).toContain("describe-db-instances")],
  ["docs/operations/restore.md", "EVENTFORK_MAINTENANCE", (code) => expect(stageWith(code).isInMaintenance).toBe(true)],
  [
    "docs/operations/restore.md",
    "EVENTFORK_DATABASE_HOST",
    (code) => expect(stageWith(code.replace("…", "abc")).databaseHost).toMatch(/^eventfork-production-restored\./),
  ],
  ["docs/operations/deploy-from-ci.md", "{", (code) => expect(JSON.parse(code).Statement).toHaveLength(1)],
  [
    "docs/how-to/connect-slack.md",
    "display_information:",
    (code) => {
      const scopes = [...code.matchAll(/- (\w+:\w+)/g)].map(([, scope]) => scope);
      const called = Object.entries(slackScopes).filter(([method]) => slackCode.includes(method));
      expect(scopes).toEqual(called.map(([, scope]) => scope));
    },
  ],
  [
    "docs/operations/deploy.md",
    "AWS_REGION=",
    (code) => {
      const env = parseEnv(code.replace(/^# /gm, ""));
      expect(readStage("production", env)).toMatchObject({ region: env.AWS_REGION, domain: env.EVENTFORK_DOMAIN });
    },
  ],
  [
    "docs/how-to/add-an-event-type.md",
    '"invoice.paid": {',
    () => {
      const { data, example, personal } = readInvoice();
      expect(data.parse(example)).toEqual(example);
      expect(personal.every((name: string) => name in example)).toBe(true);
    },
  ],
  [
    "docs/how-to/add-an-event-type.md",
    "const phrases",
    (code) => {
      const source = readFileSync(join(root, "packages/core/src/providers/slack/message.ts"), "utf8");
      const [declaration = "", ...lines] = code.trim().split("\n");
      expect(source).toContain(declaration);
      for (const line of lines.filter((line) => line.includes('"user.'))) {
        expect(source).toContain(line.trim().replace(/,$/, ""));
      }
    },
  ],
  [
    "docs/how-to/send-events.md",
    "await db.$transaction",
    async (code) => {
      const recorded: { type: string; data: unknown }[] = [];
      const Outbox = { record: async (_tx: unknown, event: { type: string; data: unknown }) => recorded.push(event) };
      const db = {
        $transaction: (work: (tx: unknown) => unknown) => work({ invoice: { create: async () => undefined } }),
      };
      const run = new Function(
        "db",
        "Outbox",
        "invoice",
        "person",
        "invoiceId",
        "total",
        `return (async () => {${code}})()`,
      );
      await run(db, Outbox, {}, { userId: "usr_1", email: "ada@lovelace.dev", name: "Ada" }, "inv_1", 19.5);
      expect(recorded).toMatchObject([{ type: "invoice.paid" }]);
      expect(readInvoice().data.safeParse(recorded[0]?.data)).toMatchObject({ success: true });
    },
  ],
  [
    "docs/events/README.md",
    "{",
    (code) => {
      const example: unknown = JSON.parse(code);
      const types = Object.values(catalog).filter(({ data }) => data.strict().safeParse(example).success);
      expect(types).toHaveLength(1);
    },
  ],
  [
    "docs/concepts/fan-out.md",
    "export const fanOut",
    (code) => {
      expect(readFileSync(join(root, "packages/core/src/topology/index.ts"), "utf8")).toContain(code.trim());
    },
  ],
  [
    "docs/how-to/add-an-integration.md",
    'title: "Discord"',
    (code) => {
      const entry = new Function("signUps", `return {${code}}`)({});
      expect(Object.keys({ ...integrations.loops, ...entry })).toEqual(Object.keys(integrations.loops));
    },
  ],
  // The next one runs it.
  ["docs/how-to/add-an-integration.md", "const source", () => undefined],
  [
    "docs/how-to/add-an-integration.md",
    "const { title }",
    async (code) => {
      const server = await startHttpRecorder();
      onTestFinished(() => server.stop());
      const discord = await importDiscord(code);
      const connection = discord.connect({ DISCORD_WEBHOOK_URL: `${server.url}/api/webhooks/1/secret` });
      const deliver = () => connection.deliver(exampleSignUps(2), deliverOptions());
      server.answerWith({ status: 204 });
      expect((await deliver()).map(({ ok }) => ok)).toEqual([true, true]);
      expect(JSON.parse(server.requests[0]?.body ?? "").content).toBe("Ada Lovelace · user\\.signed\\_up");
      expect(await connection.check(deliverOptions())).toMatchObject({ problem: null });
      server.answerWith({ status: 429, headers: { "retry-after": "7" } });
      for (const outcome of await deliver()) {
        expect(errorOf(outcome)).toMatchObject({ name: "RateLimitedError", retryAfterSeconds: 7 });
      }
      server.answerWith({ status: 404, body: "secret of Ada Lovelace" });
      for (const outcome of await deliver()) {
        expect(errorOf(outcome).name).toBe("CredentialsError");
        expect(everythingIn(errorOf(outcome))).not.toMatch(/secret|Lovelace/);
      }
    },
  ],
  [
    "docs/how-to/add-an-integration.md",
    "import { Webhook }",
    (code) => {
      const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
      const [body, at] = ['{"id":"evt_1"}', new Date()];
      const headers = {
        ...{ "webhook-id": "evt_1", "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)) },
        "webhook-signature": new Webhook(secret).sign("evt_1", at, body),
      };
      const [, statement = ""] = code.trim().split("\n");
      const run = new Function("Webhook", "process", "rawBody", "headers", `${statement}\nreturn event;`);
      expect(run(Webhook, { env: { WEBHOOK_SECRET: secret } }, body, headers)).toEqual({ id: "evt_1" });
    },
  ],
  [
    "docs/concepts/rules.md",
    "echo '",
    (code) => {
      const [command = "", answer = ""] = code.trim().split("\n");
      expect(runTestLine(splitShell(command)[1] ?? "")).toBe(answer.trim());
    },
  ],
  ["docs/how-to/send-events.md", "import { createMessaging }", () => undefined],
  ["docs/how-to/send-events.md", "202  {", () => undefined],
];

describe("a block of a page that is more than commands", () => {
  const shown = blocks
    .map(({ path, code }) => ({ path, code: beyondCommands(code) }))
    .filter(({ code }) => code !== "");
  const isOf = ([path, start]: (typeof checks)[number], block: (typeof shown)[number]) =>
    path === block.path && block.code.trimStart().startsWith(start);

  test("has a test, and each test has its block", () => {
    expect(shown.filter((block) => !checks.some((one) => isOf(one, block)))).toEqual([]);
    expect(
      checks.filter((one) => !shown.some((block) => isOf(one, block))).map(([path, start]) => [path, start]),
    ).toEqual([]);
  });

  test.each(checks)("%s: %s… is accepted", async (...one) => {
    for (const { code } of shown.filter((block) => isOf(one, block))) await one[2](code);
  });
});

describe("JSON within a page's text", () => {
  const inline = readPages().flatMap((page) => readCode(page).inline.map((code) => [page.path, code] as const));
  const policies = inline.filter(([, code]) => /^\{"(?:data|type)":/.test(code.replaceAll(" ", "")));
  const operators = inline.filter(([, code]) =>
    /^\{"(?:exists|anything-but|prefix|suffix|wildcard|numeric|cidr)"/.test(code),
  );

  test("is there", () => expect([policies.length, operators.length].every((count) => count > 1)).toBe(true));

  test.each(policies)("%s: the policy %s is one", (_, code) => {
    expect(findProblems(code, "MessageBody")).toEqual([]);
  });

  test.each(operators)("%s: the operator %s is one", (_, code) => {
    expect(findProblems(`{"data":{"x":[${code}]}}`, "MessageBody")).toEqual([]);
  });

  test("of a payload that grants a role is valid", () => {
    const payload = blocks
      .flatMap(({ code }) => readCommands(code))
      .find((line) => line.startsWith("aws lambda invoke"));
    const args = splitShell(payload?.replace("<grant>", "grant") ?? "");
    const given = JSON.parse(args[args.indexOf("--payload") + 1] ?? "");
    expect(grantRoleInput.parse({ ...given, isAddressChecked: true })).toMatchObject(given);
  });
});
