import { execFile, execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createDb } from "@eventfork/core/db";
import { createTestDatabase } from "@eventfork/core/testing";
import { brokerEnv } from "@eventfork/local/broker";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { type HttpRecorder, startHttpRecorder } from "../../core/src/testing/http-recorder.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const topology = "packages/core/src/topology/index.ts";
const registry = "packages/core/src/integrations/registry.ts";
const catalog = "packages/core/src/events/catalog.ts";
const errorTables = "packages/core/src/integrations/error-tables.ts";
const removals = "packages/core/src/integrations/removals.ts";

let copy: string;
let party: HttpRecorder;
let env: NodeJS.ProcessEnv;

/** The repository as it is in the work tree, with its dependencies linked and its own packages its own. */
beforeAll(async () => {
  copy = mkdtempSync(join(tmpdir(), "eventfork-copy-"));
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: root });
  const files = listed
    .toString()
    .split("\0")
    .filter((file) => file !== "" && existsSync(join(root, file)));
  for (const file of [...files, "packages/core/src/db/generated"]) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file), { recursive: true });
  }
  for (const folder of ["node_modules", "apps/web/node_modules"].filter((path) => existsSync(join(root, path)))) {
    mkdirSync(join(copy, folder), { recursive: true });
    for (const name of readdirSync(join(root, folder))) {
      const [from, to] = [join(root, folder, name), join(copy, folder, name)];
      if (name === "@eventfork" || name === ".cache") cpSync(from, to, { recursive: true, verbatimSymlinks: true });
      else symlinkSync(from, to);
    }
  }
  execFileSync("git", ["init", "-q"], { cwd: copy });
  [party] = await Promise.all([startHttpRecorder()]);
  env = {
    ...process.env,
    ...brokerEnv(inject("brokerUrl")),
    DATABASE_URL: await createTestDatabase(),
    HUBSPOT_API_KEY: "key-of-the-journey",
    HUBSPOT_API_URL: party.url,
    NODE_NO_WARNINGS: "1",
    NO_COLOR: "1",
  };
}, 120_000);

afterAll(async () => {
  await party?.stop();
  if (copy !== undefined) rmSync(copy, { recursive: true, force: true });
});

type Result = { code: number; said: string };

function run(command: string, args: readonly string[]): Promise<Result> {
  return new Promise((resolve) => {
    execFile(command, args, { cwd: copy, env, maxBuffer: 32 * 1024 * 1024 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), said: `${stdout}${stderr}` }),
    );
  });
}

const node = (...args: string[]) => run(process.execPath, args);
const eventfork = async (...args: string[]) => {
  const { code, said } = await node("packages/cli/src/main.ts", ...args, "--json");
  expect({ code, said }).toMatchObject({ code: 0 });
  return JSON.parse(said);
};

const sourceOf = (file: string) => readFileSync(join(copy, file), "utf8");

/** What differs from the repository: each file with how many lines came and went. */
function listTouched(): Record<string, string> {
  const args = [
    "diff",
    "--no-index",
    "--numstat",
    "-z",
    "--no-renames",
    join(root, "packages"),
    join(copy, "packages"),
  ];
  const said = run0("git", args);
  const fields = said.split("\0").filter((field) => field !== "");
  const entries: [string, string][] = [];
  for (let i = 0; i + 2 < fields.length + 1; i += 3) {
    const [added = "", removed = ""] = (fields[i] ?? "").split("\t");
    const path = [fields[i + 2], fields[i + 1]].find((name) => name?.startsWith("/") && name !== "/dev/null") ?? "";
    const file = path.replace(`${copy}/`, "").replace(root, "");
    if (!/node_modules|\/generated\//.test(file)) entries.push([file, `+${added} -${removed}`]);
  }
  return Object.fromEntries(entries);
}

function run0(command: string, args: readonly string[]): string {
  try {
    return execFileSync(command, args, { encoding: "utf8" });
  } catch (error) {
    return String((error as { stdout?: string }).stdout ?? "");
  }
}

test("an integration takes four places, one of them a line, and an event its entry", { timeout: 60_000 }, async () => {
  expect(await node("scripts/new-integration.ts", "hubspot", "--title", "HubSpot")).toMatchObject({ code: 0 });
  expect(await node("scripts/new-event.ts", "order.placed")).toMatchObject({ code: 0 });
  const { [catalog]: event, "packages/core/src/integrations/hubspot.test.ts": contract, ...places } = listTouched();
  expect(event).toMatch(/^\+\d+ -0$/);
  expect(contract).toMatch(/^\+\d+ -0$/);
  expect(Object.keys(places).sort()).toEqual(
    ["packages/core/src/integrations/hubspot.ts", "packages/functions/src/hubspot.ts", registry, topology].sort(),
  );
  expect(places[registry]).toBe("+1 -0");
});

test("what is generated is verified, and holds to the contract", { timeout: 300_000 }, async () => {
  const { code, said } = await node("scripts/verify.ts");
  expect({ code, said: code === 0 ? "" : said }).toEqual({ code: 0, said: "" });
  const config = `export default { test: { include: ["packages/core/src/integrations/hubspot.test.ts"] } };`;
  writeFileSync(join(copy, "vitest.contract.config.ts"), config);
  const contract = await node("node_modules/vitest/vitest.mjs", "run", "--config", "vitest.contract.config.ts");
  expect(contract).toMatchObject({ code: 0, said: expect.stringMatching(/Tests +\d+ passed/) });
});

/** Makes the queues, and prints where they are. */
const provisionScript = `
  const { provision } = await import("@eventfork/local/broker");
  const { createAwsClients } = await import("@eventfork/core/aws");
  const { requiredNames } = await import("@eventfork/core/topology");
  const made = await provision(createAwsClients(), "copy-" + process.pid, { names: [...requiredNames, "hubspot"] });
  console.log(JSON.stringify(made));
  process.exit(0);`;

/** What the schedules do once, and the consumer until the event is delivered. */
const workScript = `
  const { createMessaging } = await import("@eventfork/core/platform/fan-out");
  const { createDb } = await import("@eventfork/core/db");
  const { silentLogger } = await import("@eventfork/core/kernel");
  const { startConsumer } = await import("@eventfork/worker/consumers");
  const [messaging, db] = [createMessaging(), createDb({ connections: 2 })];
  const mapping = await startConsumer("hubspot", { messaging, db, log: silentLogger, longPollSeconds: 1 });
  for (let i = 0; i < 200 && (await db.delivery.count({ where: { integration: "hubspot", status: "delivered" } })) === 0; i += 1)
    await new Promise((resolve) => setTimeout(resolve, 100));
  await mapping.stop();
  process.exit(0);`;

const watchScript = `
  const { createMessaging } = await import("@eventfork/core/platform/fan-out");
  const { createDb } = await import("@eventfork/core/db");
  const { silentLogger } = await import("@eventfork/core/kernel");
  const { watchRules } = await import("@eventfork/core/rules");
  await watchRules({ messaging: createMessaging(), db: createDb({ connections: 1 }), log: silentLogger, now: () => new Date() });
  process.exit(0);`;

const evaluate = (script: string) => node("--input-type=module", "-e", script);

test("the new event travels to the new integration: recorded, filtered, delivered, seen", {
  timeout: 120_000,
}, async () => {
  const { said } = await evaluate(provisionScript);
  const { topicArn, queues } = JSON.parse(said);
  env = { ...env, EVENTFORK_TOPIC_ARN: topicArn, EVENTFORK_QUEUES: JSON.stringify(queues) };
  expect(await evaluate(watchScript)).toMatchObject({ code: 0 });
  await eventfork("rules", "set", "hubspot", "--policy", '{"type":["order.placed"]}');
  const { events } = await eventfork("emit", "order.placed", "--data", '{"userId":"usr_1"}');
  expect(await evaluate(workScript)).toMatchObject({ code: 0 });
  const { deliveries } = await eventfork("deliveries", "list", "--integration", "hubspot");
  expect(deliveries).toMatchObject([{ eventId: events[0].id, status: "delivered" }]);
  expect(party.requests).toMatchObject([
    { method: "POST", path: "/v1/events", headers: { "idempotency-key": events[0].id } },
  ]);
});

test("names that clash or are none, and halves, are refused in words, and nothing is left half done", {
  timeout: 90_000,
}, async () => {
  const use = "apps/web/src/lib/own-use.ts";
  writeFileSync(
    join(copy, use),
    'import { integrations } from "@eventfork/core/topology";\nexport const own = integrations.webhook;\n',
  );
  const before = listTouched();
  for (const [script, name, words] of [
    ["new-integration", "hubspot", /is there already/],
    ["new-integration", "http", /http\.ts is there already/],
    ["new-integration", "Hub-Spot", /is no name for an integration/],
    ["new-integration", "class", /no word of the language/],
    ["new-event", "order.placed", /already/],
    ["new-event", "OrderPlaced", /is no event type/],
    ["remove-integration", "nobody", /There is no integration "nobody"/],
    ["remove-integration", "webhook", /uses "webhook".*own-use\.ts/s],
  ] as const) {
    const { code, said } = await node(`scripts/${script}.ts`, name);
    expect({ script, name, code, said }).toMatchObject({ code: 1, said: expect.stringMatching(words) });
  }
  for (const [file, from, to, words] of [
    [registry, /^ {2}hubspot: .*\n/m, "", /"hubspot" lacks a line in .*registry\.ts/],
    [
      topology,
      /\n {2}hubspot: \{\n/,
      "\n  hubspotty: {\n",
      /"hubspot" lacks an entry in .*topology.*"hubspotty" lacks/s,
    ],
    [
      topology,
      /\["user\.signed_up"\] \},\n {4}\/\/ FILL/,
      '["order.lost"] },\n    // FILL',
      /"order\.lost", which is not in the catalog/,
    ],
  ] as const) {
    const whole = sourceOf(file);
    writeFileSync(join(copy, file), whole.replace(from, to));
    const { code, said } = await node("scripts/integrations/check.ts");
    expect({ code, said }).toMatchObject({ code: 1, said: expect.stringMatching(words) });
    writeFileSync(join(copy, file), whole);
  }
  expect(listTouched()).toEqual(before);
  rmSync(join(copy, use));
});

test("a removal refuses while messages wait, keeps them as dead letters when asked, and leaves no trace in the code", {
  timeout: 90_000,
}, async () => {
  const { events } = await eventfork("emit", "order.placed", "--data", '{"userId":"usr_2"}');
  const refused = await node("scripts/remove-integration.ts", "hubspot");
  expect(refused).toMatchObject({ code: 1, said: expect.stringMatching(/holds 1 messages.*--keep-messages/s) });
  expect(Object.keys(listTouched())).toContain("packages/functions/src/hubspot.ts");

  const removed = await node("scripts/remove-integration.ts", "hubspot", "--keep-messages");
  expect(removed).toMatchObject({ code: 0, said: expect.stringContaining("1 messages of hubspot's queues are kept") });
  expect(Object.keys(listTouched())).toEqual([catalog]);
  expect(await node("scripts/integrations/check.ts")).toMatchObject({ code: 0 });

  const db = createDb({ connections: 1, url: String(env.DATABASE_URL) });
  const letters = await db.deadLetter.findMany({ where: { integration: "hubspot" } });
  const past = await db.delivery.findMany({ where: { integration: "hubspot", status: "delivered" } });
  await db.$disconnect();
  expect(letters).toMatchObject([{ eventId: events[0].id, errorCode: "integration_removed", status: "open" }]);
  expect(past).toHaveLength(1);
});

test("Mailchimp goes as what was added does, and the tests that need another example are named", async () => {
  const removed = await node("scripts/remove-integration.ts", "mailchimp", "--unchecked");
  expect(removed).toMatchObject({ code: 0, said: expect.stringMatching(/need another:[\s\S]*cli\.test\.ts/) });
  expect(await node("scripts/integrations/check.ts")).toMatchObject({ code: 0 });
  const left = Object.keys(listTouched()).filter((path) => sourceExists(path));
  expect(left.sort()).toEqual([catalog, registry, topology, errorTables, removals].sort());
});

const sourceExists = (path: string) => existsSync(join(copy, path));
