import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { eventTypes } from "@eventfork/core/events";
import { registry } from "@eventfork/core/providers/registry";
import { integrationNames, integrations, requiredNames, topologyOf } from "@eventfork/core/topology";
import { sandboxEnv, startSandbox } from "@eventfork/local/sandbox";
import { expect, onTestFinished, test, vi } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");
const folder = "packages/core/src/providers";
/** The analytics service is any that speaks Segment's protocol. */
const folderOf = (name: string) => `${folder}/${name === "analytics" ? "segment" : name}`;
const filesOf = (name: string) => readdirSync(join(root, folderOf(name)));
const otherHandlers = ["archive", "grant", "migrate", "reconcile", "relay", "replay"];

test("the topology, the registry and the handlers have the same integrations", () => {
  expect(Object.keys(registry).sort()).toEqual([...integrationNames].sort());
  const files = readdirSync(import.meta.dirname).filter((file) => !file.endsWith(".test.ts"));
  expect(files.sort()).toEqual([...integrationNames, ...otherHandlers].map((name) => `${name}.ts`).sort());
});

test.each(integrationNames)(
  "%s is registered under its own name, and its handler consumes its own queue",
  async (name) => {
    expect((await registry[name]()).name).toBe(name);
    vi.stubEnv("DATABASE_URL", "postgresql://postgres@127.0.0.1:9/none");
    vi.stubEnv("EVENTFORK_QUEUES", "{}");
    onTestFinished(() => void vi.unstubAllEnvs());
    const { handler } = await import(`@eventfork/functions/${name}`);
    const invoked = handler({ Records: [] }, { getRemainingTimeInMillis: () => 0 });
    await expect(invoked).rejects.toThrow(
      `EVENTFORK_QUEUES should be JSON with a url and a deadLetterUrl for ${name}\n`,
    );
  },
);

test.each(integrationNames)("%s has a test that runs the contract of integrations", (name) => {
  const tests = filesOf(name).filter((file) => file.endsWith(".test.ts"));
  expect(tests.map((file) => read(`${folderOf(name)}/${file}`)).join("\n")).toContain(`describeContract(${name},`);
});

test.each(integrationNames)("%s's first rule names event types of the catalog", (name) => {
  const { type } = topologyOf(name).rule;
  expect(eventTypes).toEqual(expect.arrayContaining([type ?? []].flat().filter((one) => typeof one === "string")));
});

test("no two integrations share a title or a variable, and AWS takes them as names", () => {
  const all = integrationNames.map(topologyOf);
  const titles = all.map(({ title }) => title);
  const variables = all.flatMap(({ secrets, settings }) => [...secrets, ...settings]);
  for (const names of [titles, variables]) expect(names).toEqual([...new Set(names)]);
  for (const title of titles) expect(title).toMatch(/^[A-Z][A-Za-z0-9]*$/);
  for (const variable of variables) expect(variable).toMatch(/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/);
});

test.each(requiredNames)("%s talks to the sandbox where no key is set", async (name) => {
  const sandbox = await startSandbox({ port: 0 });
  onTestFinished(() => sandbox.stop());
  const connection = (await registry[name]()).connect(sandboxEnv(sandbox.url));
  const check = connection.check({ signal: AbortSignal.timeout(5_000), now: () => new Date() });
  expect(await check).toMatchObject({ problem: null });
});

test.each(integrationNames)(".env.example has every variable of %s", (name) => {
  const { secrets, settings } = topologyOf(name);
  for (const variable of [...secrets, ...settings])
    expect(read(".env.example")).toMatch(RegExp(`^# ${variable}=`, "m"));
});

test.each(requiredNames)("docs/operations/deploy.md has every secret of %s, as SST names it", (name) => {
  for (const secret of topologyOf(name).secrets) {
    const titled = secret.toLowerCase().replace(/(?:^|_)(.)/g, (_, deadLetter: string) => deadLetter.toUpperCase());
    expect(read("docs/operations/deploy.md")).toContain(`| \`${titled}\` |`);
  }
});

test("the page about copying Loops names each of its files", () => {
  const page = read("docs/how-to/add-an-integration.md");
  const names = [...filesOf("loops"), "packages/functions/src/loops.ts"].map((name) =>
    name.replace(/^loops\./, "discord."),
  );
  for (const name of names) expect(page).toContain(`\`${name}\``);
});

test("types refuse a required integration that is in the topology alone, in every file that lacks it", {
  timeout: 120_000,
}, async () => {
  const copy = mkdtempSync(join(tmpdir(), "eventfork-half-"));
  onTestFinished(() => rmSync(copy, { recursive: true }));
  for (const path of [
    "package.json",
    "tsconfig.base.json",
    "packages/core",
    "packages/filter-policy",
    "packages/local/src",
  ])
    cpSync(join(root, path), join(copy, path), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  const topology = join(copy, "packages/core/src/topology/index.ts");
  const half = { ...integrations.slack, title: "Half", secrets: ["HALF_API_KEY"] };
  writeFileSync(
    topology,
    read("packages/core/src/topology/index.ts").replace("\n  loops: {", `\n  half: ${JSON.stringify(half)},$&`),
  );
  const config = {
    extends: "./tsconfig.base.json",
    compilerOptions: {
      incremental: false,
      paths: { "@eventfork/core/*": ["./packages/core/src/*/index.ts", "./packages/core/src/*.ts"] },
    },
    files: [`${folder}/index.ts`, `${folder}/registry/index.ts`, "packages/local/src/sandbox/index.ts"],
  };
  writeFileSync(join(copy, "tsconfig.json"), JSON.stringify(config));
  const tsc = promisify(execFile)(join(root, "node_modules/.bin/tsc"), ["-p", copy, "--pretty", "false"], {
    cwd: copy,
  });
  const { stdout } = await tsc.catch((failed: { stdout: string }) => failed);
  const refusing = [...new Set([...stdout.matchAll(/^(\S+)\(\d+,\d+\): error/gm)].map(([, file]) => file))];
  expect(refusing.sort()).toEqual([
    `${folder}/index.ts`,
    `${folder}/registry/index.ts`,
    "packages/local/src/sandbox/page/page.ts",
    "packages/local/src/sandbox/variables.ts",
  ]);
});
