import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { installFolder } from "../programs.ts";
import { projectRoot } from "./guards.ts";

/** Percent: less means that a test was lost. */
const lowestScore = 75;

const pureFiles = [
  "packages/core/src/providers/framework/errors.ts",
  ...["match", "operators/numeric", "operators/wildcard"].map((name) => `packages/filter-policy/src/${name}.ts`),
];
const pureFunctions = [
  ["packages/core/src/deliveries/circuit-breaker.ts", "decideBreaker"],
  ["packages/core/src/deliveries/circuit-breaker.ts", "probeDelaySeconds"],
  ["packages/core/src/deliveries/classify-outcome.ts", "classifyOutcome"],
  ["packages/core/src/deliveries/retry.ts", "retryDelaySeconds"],
] as const;

/** A function by its lines. @throws Error when a file has no such function. */
export function listPureCode(): string[] {
  const functions = pureFunctions.map(([file, name]) => {
    const lines = readFileSync(join(projectRoot, file), "utf8").split("\n");
    const first = lines.findIndex((line) => line.startsWith(`export function ${name}(`));
    if (first === -1)
      throw new Error(`${file} has no function ${name} any more. Correct it in scripts/mutate/stryker.ts.`);
    return `${file}:${first + 1}-${lines.indexOf("}", first) + 1}`;
  });
  return [...pureFiles, ...functions];
}

type Report = { files: Record<string, { mutants: { status: string }[] }> };

export async function runStryker(): Promise<{ score: number; mutants: number; isOk: boolean }> {
  const tools = join(projectRoot, "scripts/tools");
  installFolder(tools);
  const packageFile = createRequire(join(tools, "package.json")).resolve("@stryker-mutator/core/package.json");
  const args = [join(packageFile, "../bin/stryker.js"), "run", "scripts/mutate/stryker.config.json"];
  args.push("--mutate", listPureCode().join(","));
  const report = join(projectRoot, ".stryker-tmp/report.json");
  rmSync(report, { force: true });
  const [code] = await once(spawn(process.execPath, args, { cwd: projectRoot, stdio: ["ignore", 2, 2] }), "close");
  if (code !== 0) throw new Error(`StrykerJS ended with ${code}.`);
  const { files }: Report = JSON.parse(readFileSync(report, "utf8"));
  const states = Object.values(files).flatMap(({ mutants }) => mutants.map(({ status }) => status));
  const count = (...wanted: string[]) => states.filter((state) => wanted.includes(state)).length;
  const [killed, tested] = [count("Killed", "Timeout"), count("Killed", "Timeout", "Survived", "NoCoverage")];
  const score = tested === 0 ? 0 : (killed / tested) * 100;
  return { score, mutants: tested, isOk: score >= lowestScore };
}
