import { globSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Metafile, type Plugin } from "esbuild";
import { beforeAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const sources = join(root, "apps/web/src");
const clientFiles = globSync("**/*.{ts,tsx}", { cwd: sources })
  .map((path) => join(sources, path))
  .filter((path) => /^["']use client["']/m.test(readFileSync(path, "utf8")));

const { dependencies } = JSON.parse(readFileSync(join(root, "apps/web/package.json"), "utf8"));
const forBrowsers = [...Object.keys(dependencies), "diff"].filter(
  (name) => !["server-only", "better-auth"].includes(name),
);

const ownModulesOnly: Plugin = {
  name: "own-modules-only",
  setup: ({ onResolve }) => {
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === "entry-point" || /^@eventfork\/|^@\//.test(path) ? undefined : { path, external: true },
    );
  },
};

let inputs: Metafile["inputs"];
beforeAll(async () => {
  const { metafile } = await build({
    ...{ entryPoints: clientFiles, bundle: true, write: false, metafile: true, platform: "browser" },
    ...{ absWorkingDir: root, outdir: "out", jsx: "automatic", logLevel: "silent", alias: { "@": sources } },
    plugins: [ownModulesOnly],
  });
  inputs = metafile.inputs;
});

function findChains(isMeant: (path: string) => boolean): string[] {
  const chains = new Map(clientFiles.map((path) => [relative(root, path), relative(root, path)]));
  for (const [path, chain] of chains) {
    for (const imported of inputs[path]?.imports ?? []) {
      if (!chains.has(imported.path)) chains.set(imported.path, `${chain} → ${imported.path}`);
    }
  }
  return [...chains].flatMap(([path, chain]) => (isMeant(path) ? [chain] : []));
}

const isPackage = (path: string) => !(path in inputs);
const packageOf = (path: string) => /^(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? path;

test("no client component imports a server module: Node, database, AWS or server-only", () => {
  expect(clientFiles.length).toBeGreaterThan(50);
  expect(findChains((path) => path.startsWith("packages/core/src/topology/")).length).toBeGreaterThan(0);
  expect(findChains((path) => isPackage(path) && !forBrowsers.includes(packageOf(path)))).toEqual([]);
});

test("no browser loads the list of common passwords", () => {
  expect(findChains((path) => /^@zxcvbn-ts|^packages\/core\/src\/users\//.test(path))).toEqual([]);
});
