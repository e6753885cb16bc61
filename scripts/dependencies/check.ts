import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { boundaries, browserMark, browserPackages, layers } from "./boundaries.ts";
import {
  createResolver,
  type Import,
  type Manifest,
  readImports,
  readManifest,
  readSources,
  type Sources,
} from "./imports.ts";

const isTest = (file: string) => /\.(test|spec)\.tsx?$|\/(testing|tests)\/|^packages\/testing\/|^e2e\//.test(file);

const core = "packages/core/src/";

/** The folder of core, or the package, that a file belongs to. */
function moduleOf(file: string): string {
  return file.startsWith(core) ? (file.slice(core.length).split("/")[0] ?? "") : file.split("/").slice(0, 2).join("/");
}

/** Every import that breaks a rule, as a line each: file, import, reason. */
export function findBrokenRules(
  sources: Sources,
  imports: readonly Import[],
  manifests: readonly Manifest[],
): string[] {
  return [
    ...findForbidden(imports),
    ...findUpward(imports),
    ...findPastIndex(sources, imports),
    ...findCircles(imports),
    ...findUnsafeForBrowsers(sources, imports),
    ...findUndeclared(imports, manifests),
  ];
}

const line = ({ from, specifier }: Import, reason: string) => `${from} imports ${specifier}. ${reason}`;

function findForbidden(imports: readonly Import[]): string[] {
  return imports.flatMap((one) =>
    boundaries
      .filter(
        ({ from, except, to }) => from.test(one.from) && !except?.test(one.from) && !isTest(one.from) && isTo(one, to),
      )
      .map(({ reason }) => line(one, reason)),
  );
}

const isTo = ({ file, specifier, from }: Import, to: RegExp) =>
  file === null ? to.test(specifier) : to.test(file) && moduleOf(file) !== moduleOf(from);

function findUpward(imports: readonly Import[]): string[] {
  const order: readonly string[] = layers;
  const heightOf = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  const below = new Map<string, Import>();
  const faults: string[] = [];
  for (const one of imports) {
    if (one.file === null || isTest(one.from) || !one.from.startsWith(core) || !one.file.startsWith(core)) continue;
    const [from, to] = [moduleOf(one.from), moduleOf(one.file)];
    if (from === to) continue;
    if (order.includes(from) && heightOf(to) >= heightOf(from)) {
      faults.push(line(one, `${to} stands above ${from}: move what both need down, or the caller up.`));
    }
    const back = below.get(`${to} ${from}`);
    if (back !== undefined) faults.push(line(one, `${from} and ${to} import each other (see ${back.from}).`));
    below.set(`${from} ${to}`, one);
  }
  return faults;
}

function findPastIndex(sources: Sources, imports: readonly Import[]): string[] {
  return imports
    .filter(({ from, file }) => {
      if (file === null || isTest(from) || !from.startsWith(core) || !file.startsWith(core)) return false;
      const isOwn = moduleOf(from) === moduleOf(file);
      return !isOwn && !file.endsWith("/index.ts") && !isBrowserSafe(sources, file);
    })
    .map((one) => line(one, "Other folders import a folder's index alone: export it there."));
}

function findCircles(imports: readonly Import[]): string[] {
  const next = Map.groupBy(
    imports.filter(({ file, isLazy }) => file !== null && !isLazy),
    ({ from }) => from,
  );
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    if (start !== -1)
      circles.push(`${[...path.slice(start), file].join(" → ")}. A circle: move what both need to a third file.`);
    if (start !== -1 || done.has(file)) return;
    for (const { file: target } of next.get(file) ?? []) if (target !== null) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of next.keys()) visit(file, []);
  return circles;
}

const isBrowserSafe = (sources: Sources, file: string) =>
  sources.get(file)?.startsWith(browserMark) === true ||
  file.startsWith("packages/filter-policy/") ||
  moduleOf(file) === "topology";

/** Of the web app, the files that a browser loads: those that say "use client", and all that these import. */
function findClientFiles(sources: Sources, imports: readonly Import[]): Set<string> {
  const next = Map.groupBy(imports, ({ from }) => from);
  const client = new Set<string>();
  const add = (file: string): void => {
    if (client.has(file) || !file.startsWith("apps/web/src/")) return;
    client.add(file);
    for (const { file: target, isType } of next.get(file) ?? []) if (target !== null && !isType) add(target);
  };
  for (const [file, text] of sources) if (text.startsWith('"use client"')) add(file);
  return client;
}

function findUnsafeForBrowsers(sources: Sources, imports: readonly Import[]): string[] {
  const client = findClientFiles(sources, imports);
  const reason = `A browser loads this file: import a module that begins with "${browserMark}".`;
  return imports
    .filter(({ from, file, specifier, isType }) => {
      if (isType || isTest(from)) return false;
      if (client.has(from)) return file?.startsWith("packages/") === true && !isBrowserSafe(sources, file);
      if (!from.startsWith(core) || !isBrowserSafe(sources, from) || moduleOf(from) === "topology") return false;
      return file === null ? !browserPackages.test(specifier) : !isBrowserSafe(sources, file);
    })
    .map((one) => line(one, reason));
}

function findUndeclared(imports: readonly Import[], manifests: readonly Manifest[]): string[] {
  const root = manifests.find(({ folder }) => folder === ".");
  return imports
    .filter(({ from, specifier }) => {
      if (/^[.]|^@\/|^(node:|virtual:|sst-platform)/.test(specifier) || isBuiltin(specifier)) return false;
      const name = specifier
        .split("/")
        .slice(0, specifier.startsWith("@") ? 2 : 1)
        .join("/");
      const own = manifests.find(({ folder }) => from.startsWith(`${folder}/`)) ?? root;
      const declared = own?.dependencies.has(name) || own?.dependencies.has(`@types/${name}`);
      return !declared && !(root?.dependencies.has(name) && (isTest(from) || own === root));
    })
    .map((one) => line(one, "Its package.json does not declare this package: add it there."));
}

export function readProject(root: string): { sources: Sources; imports: Import[]; manifests: Manifest[] } {
  const list = execFileSync("git", ["-C", root, "ls-files", "--cached", "--others", "--exclude-standard"], {
    encoding: "utf8",
  });
  const files = list.split("\n").filter((file) => /\.tsx?$/.test(file) && existsSync(`${root}/${file}`));
  const folders = new Set(
    list
      .split("\n")
      .filter((file) => /\/package\.json$/.test(file))
      .map((file) => dirname(file)),
  );
  const manifests = [...[...folders].map((folder) => readManifest(root, folder)), readManifest(root, ".")];
  const sources = readSources(root, files);
  return { sources, imports: readImports(sources, createResolver(manifests)), manifests };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { sources, imports, manifests } = readProject(".");
  const faults = findBrokenRules(sources, imports, manifests);
  for (const fault of faults) console.log(fault);
  console.log(`${imports.length} imports of ${sources.size} files: ${faults.length} faults`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
