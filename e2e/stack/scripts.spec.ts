import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "@playwright/test";
import sharp from "sharp";
import { partsOf, type RunningStack, spawnStack } from "../support/stack.ts";

let folder: string;
let running: RunningStack | undefined;

test.beforeAll(async () => {
  test.setTimeout(240_000);
  [running, folder] = await Promise.all([
    spawnStack({ web: "built", script: "demo", args: ["--people", "100"] }),
    mkdtemp(join(tmpdir(), "eventfork-pictures-")),
  ]);
});
test.afterAll(async () => {
  await running?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function run(demo: RunningStack, script: string, ...args: string[]): Promise<{ code: number; lines: string[] }> {
  const { web, admin } = demo;
  const given = ["run", "--silent", script, "--", "--stack", JSON.stringify({ web, admin }), ...args];
  const answer = await promisify(execFile)("npm", given).then(
    ({ stdout }) => ({ code: 0, stdout }),
    ({ code, stdout, stderr }) => ({ code, stdout: `${stdout}${stderr}` }),
  );
  return { code: answer.code, lines: answer.stdout.trim().split("\n") };
}

test("npm run demo lists its pages, npm run screenshots captures them light and dark, and Ctrl-C ends everything", async () => {
  const demo = running as RunningStack;
  expect(demo.lines.join("\n")).toContain(`Slack's outage, three days ago: ${demo.web}/admin?range=7d`);
  const { code, lines } = await run(demo, "screenshots", "--only", "rule", "--to", folder);
  expect(lines).toEqual([
    expect.stringMatching(/^ok {5}rule-light\.png {2}\d+ kB$/),
    expect.stringMatching(/^ok {5}rule-dark\.png {2}\d+ kB$/),
  ]);
  expect(code).toBe(0);
  expect((await readdir(folder)).sort()).toEqual(["rule-dark.png", "rule-light.png"]);
  const { width, height } = await sharp(join(folder, "rule-light.png")).metadata();
  expect([width, height]).toEqual([1_440, 1_180]);

  const measured = await run(demo, "lighthouse", "--only", "/login", "--runs", "1");
  const line = (what: string) => expect.stringMatching(new RegExp(`^(ok  |OVER)  /login: ${what} +\\d+   [≤≥] \\d+`));
  expect(measured.lines).toEqual([
    line("JavaScript, kB"),
    line("performance"),
    expect.stringMatching(/^ok {4}\/login: accessibility +100/),
    line("best-practices"),
  ]);
  expect(measured.code).toBe(measured.lines.some((each) => each.startsWith("OVER")) ? 1 : 0);
  const unknown = await run(demo, "lighthouse", "--only", "/nowhere");
  expect(unknown).toMatchObject({
    code: 1,
    lines: expect.arrayContaining([expect.stringMatching(/There is no \/nowhere/)]),
  });

  expect(await demo.stop("SIGINT")).toBeLessThan(10_000);
  if (process.platform === "linux") expect(partsOf(demo)).toEqual([]);
});
