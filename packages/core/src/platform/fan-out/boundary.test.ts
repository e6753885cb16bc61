import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const root = new URL("../../../../..", import.meta.url).pathname;
const ours = globSync(["{packages,apps}/*/{src,scripts}/**/*.{ts,tsx}", "{bench,e2e,scripts}/**/*.ts"], { cwd: root });

function findNaming(words: RegExp): string[] {
  const sources = ours.filter((path) => !/\.(test|spec)\.ts$|\/(testing|generated)\//.test(path));
  expect(sources.length).toBeGreaterThan(500);
  return sources.filter((path) => words.test(readFileSync(root + path, "utf8"))).sort();
}

test("no module but the fan-out's own names EventBridge, and topology where it is chosen", () => {
  const outside = findNaming(/event-?bridge/i).filter((path) => !path.includes("/platform/fan-out/"));
  expect(outside).toEqual([
    "packages/core/src/platform/env/index.ts",
    "packages/core/src/topology/index.ts",
    "scripts/dependencies/boundaries.ts",
  ]);
});

test("no screen and no command names SNS: they show the fan-out's label", () => {
  expect(findNaming(/\bSNS\b/).filter((path) => /^(apps\/web|packages\/cli)\//.test(path))).toEqual([]);
});
