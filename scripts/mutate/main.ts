// `npm run mutate`: removes one SQL guard at a time and runs its tests, then runs StrykerJS on pure code.
// `-- sample` takes a few guards, `-- guards [WORD]` files that contain WORD, `-- stryker` pure code; `--json` prints
// figures.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createVitest, type Vitest } from "vitest/node";
import { type Guard, GuardMutation, guards, maximumGuards, mutate, projectRoot } from "./guards.ts";
import { listPureCode, runStryker } from "./stryker.ts";

type Result = { guard: Guard; seconds: number; outcome: "killed" | "survived" };

const { values, positionals } = parseArgs({ options: { json: { type: "boolean" } }, allowPositionals: true });
const [part = "all", word = ""] = positionals;
if (!["all", "sample", "guards", "stryker"].includes(part)) {
  console.error(`There is no part "${part}": give sample, guards or stryker, or none for all.`);
  process.exit(1);
}

async function requireGreen(vitest: Vitest, chosen: readonly Guard[]): Promise<void> {
  const specifications = await vitest.globTestSpecifications([...new Set(chosen.flatMap(({ tests }) => tests))]);
  const { testModules } = await vitest.runTestSpecifications(specifications);
  const tests = testModules.flatMap((module) => [...module.children.allTests("failed")]);
  const reasons = tests.map((test) => `${test.fullName}: ${test.result().errors?.[0]?.message}`);
  if (testModules.some((module) => !module.ok())) {
    throw new Error(`Tests fail without a mutation. Repair them first.\n${reasons.join("\n")}`);
  }
}

async function tryGuard(vitest: Vitest, mutation: GuardMutation, guard: Guard): Promise<Result> {
  const from = performance.now();
  mutation.guard = guard;
  vitest.invalidateFile(join(projectRoot, guard.file));
  try {
    const { testModules } = await vitest.runTestSpecifications(await vitest.globTestSpecifications([...guard.tests]));
    const states = testModules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
    if (
      !states.some((state) => state === "passed" || state === "failed") &&
      testModules.every((module) => module.ok())
    ) {
      throw new Error(`No test ran for a guard of ${guard.file}: ${guard.find}`);
    }
    const outcome = testModules.every((module) => module.ok()) ? "survived" : "killed";
    return { guard, outcome, seconds: Math.round((performance.now() - from) / 1_000) };
  } finally {
    mutation.guard = undefined;
    vitest.invalidateFile(join(projectRoot, guard.file));
  }
}

async function runGuards(chosen: readonly Guard[]): Promise<Result[]> {
  const mutation = new GuardMutation();
  const overrides = { plugins: [mutation.plugin] };
  // Vitest's disk cache does not know of mutations.
  const config = { root: projectRoot, config: join(projectRoot, "vitest.config.ts"), fsModuleCache: false };
  const options = { ...config, watch: false, bail: 1, reporters: [{}] };
  const vitest = await createVitest("test", options, overrides);
  const results: Result[] = [];
  try {
    if (part !== "sample") await requireGreen(vitest, chosen);
    for (const guard of chosen) {
      const result = await tryGuard(vitest, mutation, guard);
      results.push(result);
      const text = guard.find.replaceAll(/\s+/g, " ").slice(0, 100);
      console.error(`${result.outcome.padEnd(8)} ${String(result.seconds).padStart(3)} s  ${guard.file}: ${text}`);
    }
  } finally {
    await vitest.close();
  }
  return results;
}

const startedAt = performance.now();
if (guards.length > maximumGuards) throw new Error(`${guards.length} guards: ${maximumGuards} at most.`);
for (const guard of guards) mutate(readFileSync(join(projectRoot, guard.file), "utf8"), guard);
listPureCode();
const chosen = guards.filter(({ file, isSampled }) => (part === "sample" ? isSampled : file.includes(word)));
const results = part === "stryker" ? [] : await runGuards(chosen);
const stryker = part === "all" || part === "stryker" ? await runStryker() : null;
const survivors = results.filter(({ outcome }) => outcome === "survived").map(({ guard }) => guard);
const figures = { guards: results.length, survivors, stryker, minutes: (performance.now() - startedAt) / 60_000 };
if (values.json) console.log(JSON.stringify(figures));
else console.log(`${results.length} guards, ${survivors.length} survived. ${figures.minutes.toFixed(1)} minutes.`);
process.exit(survivors.length > 0 || stryker?.isOk === false ? 1 : 0);
