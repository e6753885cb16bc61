import { execFile, execFileSync } from "node:child_process";
import { appendFileSync, cpSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify, stripVTControlCharacters } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { withoutEngines } from "../../../../infra/testing/platform.ts";
import { findCommands, readPages, root } from "./pages.ts";

const commands = findCommands(readPages());
const startingWith = (start: RegExp) => commands.filter(([, command]) => start.test(command));

const scripts: Record<string, string> = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).scripts;

const runBy: Readonly<Record<string, readonly [file: string, words: string]>> = {
  bench: ["bench/bench.test.ts", '["run", "--silent", "bench", "--", ...args]'],
  chaos: ["packages/local/src/chaos/chaos.test.ts", "runChaos({ events: 500"],
  cost: ["infra/cost/cost.test.ts", "describeCosts({ production, own })"],
  "db:migration": ["packages/local/src/docs/commands.test.ts", "scripts/new-migration.ts"],
  demo: ["e2e/stack/scripts.spec.ts", 'script: "demo"'],
  dev: ["e2e/support/stack.ts", 'spawn("npm", ["run", script, '],
  eventfork: ["packages/local/src/docs/docs.test.ts", "cli.eventfork(splitShell("],
  "events:export": ["packages/core/src/events/compatibility.test.ts", "scripts/export-events.ts"],
  format: ["scripts/verify.ts", '"biome", "ci"'],
  fuzz: ["packages/core/src/deliveries/tests/fuzz.test.ts", "FUZZ_RUNS"],
  lighthouse: ["e2e/stack/scripts.spec.ts", 'run(demo, "lighthouse"'],
  migrate: ["packages/core/src/migrations/migrations.test.ts", "scripts/migrate.ts"],
  mutate: ["bench/bench.test.ts", '"mutate", "--", "sample", "--json"'],
  screenshots: ["e2e/stack/scripts.spec.ts", 'run(demo, "screenshots"'],
  "test:postgres-17": [".ci/run", "npm run test:postgres-17"],
  verify: [".ci/run", "npm run verify"],
  worker: ["packages/worker/src/worker.test.ts", "./main.ts"],
};

const nameOf = (command: string) => /^npm run (?:--silent |-s )?([\w:-]+)/.exec(command)?.[1] ?? "";

test.each(startingWith(/^npm run /))("%s: a test runs the script of %s", (_, command) => {
  const name = nameOf(command);
  expect(Object.keys(scripts)).toContain(name);
  const [file, words] = runBy[name] ?? ["", ""];
  expect(file, `no test runs "npm run ${name}"`).not.toBe("");
  expect(readFileSync(join(root, file), "utf8")).toContain(words);
});

test("every command that is run is shown on a page", () => {
  const shown = new Set(startingWith(/^npm run /).map(([, command]) => nameOf(command)));
  expect(Object.keys(runBy).filter((name) => !shown.has(name))).toEqual([]);
});

test.each(startingWith(/^npm (?!run )/))("%s: npm knows %s", (_, command) => {
  expect(["npm ci", "npm test", "npm audit", "npm install", "npm link --workspace packages/cli"]).toContain(command);
});

/** Each needs an account, so it is only looked up in SST's help. */
test("SST has every command that a page shows of it", async () => {
  const help = await promisify(execFile)(join(root, "node_modules/.bin/sst"), ["--help"], {
    env: { ...process.env, ...withoutEngines },
  }).catch((output: { stdout: string; stderr: string }) => output);
  const known = stripVTControlCharacters(help.stdout + help.stderr);
  const shown = startingWith(/^npx sst /);
  expect(shown.length).toBeGreaterThan(10);
  const isKnown = (command: string) =>
    new RegExp(`^\\s*sst ${/^npx sst ([a-z]+)/.exec(command)?.[1] ?? "-"}\\b`, "m").test(known);
  expect(shown.filter(([, command]) => !isKnown(command))).toEqual([]);
});

/** From the AWS CLI's command reference; most need an account and are not run. */
const awsOperations = [
  "configure",
  "configure sso",
  "iam attach-role-policy",
  "iam create-open-id-connect-provider",
  "iam create-role",
  "lambda invoke",
  "lambda list-event-source-mappings",
  "logs tail",
  "rds describe-db-instances",
  "rds modify-db-instance",
  "rds restore-db-instance-from-db-snapshot",
  "rds restore-db-instance-to-point-in-time",
  "rds wait",
  "sns publish",
  "sts get-caller-identity",
];

test.each(startingWith(/^aws /))("%s: the AWS CLI has the operation of %s", (_, command) => {
  expect(awsOperations).toContain(/^aws (\S+(?: \S+)?)/.exec(command)?.[1]);
});

test("npm run db:migration writes the SQL that leads from the committed schema to the one at work", async () => {
  const folder = mkdtempSync(join(tmpdir(), "eventfork-migration-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  cpSync(join(root, "prisma/schema"), join(folder, "prisma/schema"), { recursive: true });
  const git = (...args: string[]) => execFileSync("git", args, { cwd: folder });
  git("init", "-q");
  git("add", ".");
  git("-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit", "-qm", "the schema");
  const script = join(root, "scripts/new-migration.ts");
  const migrate = () => promisify(execFile)(process.execPath, [script, "add_thing"], { cwd: folder });
  expect((await migrate()).stdout).toBe("The schema has not changed since the last commit.\n");
  const [file = ""] = globSync("prisma/schema/*.prisma", { cwd: folder });
  appendFileSync(join(folder, file), '\nmodel Thing {\n  id String @id\n\n  @@map("thing")\n}\n');
  await migrate();
  const [written = "", ...others] = globSync("prisma/migrations/*/migration.sql", { cwd: folder });
  expect(others).toEqual([]);
  expect(written).toMatch(/^prisma\/migrations\/\d{14}_add_thing\//);
  expect(readFileSync(join(folder, written), "utf8")).toContain('CREATE TABLE "thing"');
}, 120_000);
