import { expect, test } from "vitest";
import { browserMark } from "./boundaries.ts";
import { findBrokenRules, readProject } from "./check.ts";
import { createResolver, type Manifest, readImports } from "./imports.ts";

const root: Manifest = { folder: ".", name: "eventfork", exports: {}, dependencies: new Set(["vitest"]) };
const core: Manifest = {
  folder: "packages/core",
  name: "@eventfork/core",
  exports: { "./platform/text/numbers": "./src/platform/text/numbers.ts", "./*": "./src/*/index.ts" },
  dependencies: new Set(["@eventfork/core", "zod", "pg", "@slack/web-api", "@eventfork/local", "react"]),
};
const web: Manifest = {
  folder: "apps/web",
  name: "web",
  exports: {},
  dependencies: new Set(["@eventfork/core", "pg"]),
};
const local: Manifest = {
  folder: "packages/local",
  name: "@eventfork/local",
  exports: { "./*": "./src/*/index.ts" },
  dependencies: new Set(),
};

function check(files: Readonly<Record<string, string>>): string[] {
  const sources = new Map(Object.entries(files));
  const manifests = [core, web, local, root];
  return findBrokenRules(sources, readImports(sources, createResolver(manifests)), manifests);
}

const at = (path: string) => `packages/core/src/${path}`;

test("the project has no fault, and its imports are read", () => {
  const { sources, imports, manifests } = readProject(".");
  expect(imports.length).toBeGreaterThan(4_000);
  // This file quotes imports.
  const read = imports.filter(({ from }) => from !== "scripts/dependencies/check.test.ts");
  const isSource = (file: string | null) => file !== null && /\.tsx?$/.test(file) && !/generated|next-env/.test(file);
  expect(read.filter(({ file }) => isSource(file) && !sources.has(file ?? ""))).toEqual([]);
  expect(findBrokenRules(sources, imports, manifests)).toEqual([]);
});

test.each<[fault: string, files: Record<string, string>, reason: RegExp]>([
  [
    "an upward import",
    { [at("events/a.ts")]: 'import { replay } from "../replays/index.ts";\n' },
    /replays stands above events/,
  ],
  [
    "an upward import of a type",
    { [at("events/a.ts")]: 'import type { Replay } from "../replays/index.ts";\n' },
    /replays stands above events/,
  ],
  [
    "a lazy upward import",
    { [at("events/a.ts")]: 'const load = () => import("../replays/index.ts");\n' },
    /replays stands above events/,
  ],
  [
    "two folders that import each other",
    {
      [at("users/a.ts")]: 'import { b } from "../alerts/index.ts";\n',
      [at("alerts/index.ts")]: 'import { a } from "../users/index.ts";\n',
    },
    /alerts and users import each other/,
  ],
  [
    "an import past an index",
    { [at("rules/a.ts")]: 'export { b } from "../events/b.ts";\n' },
    /a folder's index alone/,
  ],
  [
    "a circle of files",
    { [at("rules/a.ts")]: 'import { b } from "./b.ts";\n', [at("rules/b.ts")]: 'import type { A } from "./a.ts";\n' },
    /rules\/a\.ts → packages\/core\/src\/rules\/b\.ts → packages\/core\/src\/rules\/a\.ts\. A circle/,
  ],
  [
    "a browser's file that imports the server's",
    {
      "apps/web/src/form.tsx": '"use client";\nimport { a } from "./a";\nimport { b } from "./b.ts";\n',
      "apps/web/src/b.ts": 'import { getRule } from "@eventfork/core/rules";\n',
    },
    /^apps\/web\/src\/b\.ts imports @eventfork\/core\/rules\. A browser loads this file/,
  ],
  [
    "a browser-safe module that imports a server's",
    { [at("platform/text/numbers.ts")]: `${browserMark}\nimport { createHash } from "node:crypto";\n` },
    /node:crypto\. A browser loads this file/,
  ],
  ["an undeclared package", { "apps/web/src/a.ts": 'import left from "left-pad";\n' }, /left-pad\. Its package\.json/],
  ["the web framework in core", { [at("rules/a.ts")]: 'import { use } from "react";\n' }, /neither the web framework/],
  [
    "the local stack in core",
    { [at("rules/a.ts")]: 'import { b } from "@eventfork/local/broker";\n' },
    /never the reverse/,
  ],
  [
    "a provider's SDK elsewhere",
    { [at("rules/a.ts")]: 'import { WebClient } from "@slack/web-api";\n' },
    /Slack's folder alone/,
  ],
  ["the database in the web app", { "apps/web/src/a.ts": 'import pg from "pg";\n' }, /through core's verbs/],
  [
    "an import in topology",
    { [at("topology/index.ts")]: 'import { z } from "zod";\n' },
    /topology: it|it imports nothing/,
  ],
])("%s is a fault, with its reason", (_, files, reason) => {
  expect(check(files).join("\n")).toMatch(reason);
});

test("tests may import what they test with, and a file its own folder, an index and a browser-safe module", () => {
  const files = {
    [at("rules/a.test.ts")]: 'import { b } from "@eventfork/local/broker";\nimport { c } from "../replays/c.ts";\n',
    [at("rules/a.ts")]:
      'import { z } from "zod";\nimport { b } from "./b.ts";\nimport { c } from "../events/index.ts";\n',
    [at("rules/c.ts")]: 'import { formatNumber } from "../platform/text/numbers.ts";\n',
    [at("platform/text/numbers.ts")]: `${browserMark}\nexport const formatNumber = String;\n`,
    "apps/web/src/a.tsx": '"use client";\nimport { formatNumber } from "@eventfork/core/platform/text/numbers";\n',
    "apps/web/src/b.tsx": '"use client";\nimport type { Rule } from "@eventfork/core/rules";\n',
  };
  expect(check(files)).toEqual([]);
});
