import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { expect, test } from "vitest";

const sources = join(import.meta.dirname, "..");
const clientFiles = globSync("**/*.tsx", { cwd: sources })
  .map((path) => join(sources, path))
  .filter((path) => readFileSync(path, "utf8").startsWith('"use client"'));

test("no browser loads the list of common passwords: nothing that runs there imports what has it", async () => {
  expect(clientFiles.length).toBeGreaterThan(50);
  const { metafile } = await build({
    ...{ entryPoints: clientFiles, bundle: true, write: false, metafile: true, packages: "external" },
    ...{ outdir: "out", jsx: "automatic", logLevel: "silent", alias: { "@": sources } },
  });
  const imported = Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
  expect(imported).toContain("@eventfork/core/topology");
  expect(imported.filter((path) => /^@zxcvbn-ts|^@eventfork\/core\/users/.test(path))).toEqual([]);
});
