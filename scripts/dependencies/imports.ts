import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

export type Import = {
  from: string;
  /** The package's or file's name as written. */
  specifier: string;
  /** A file of the repository, or null for a package or a built-in module. */
  file: string | null;
  isType: boolean;
  isLazy: boolean;
};

/** The files' texts by path; a test gives its own. */
export type Sources = ReadonlyMap<string, string>;

export function readSources(root: string, paths: readonly string[]): Sources {
  return new Map(paths.map((path) => [path, readFileSync(join(root, path), "utf8")]));
}

const statement =
  /^(?:import|export)\s+(type\s+)?((?:[^;"'`]*?\sfrom\s+)?)"([^"\n]+)"|\b(?:import|importActual)\(\s*"([^"\n]+)"\s*\)/gm;

/** Every import of the sources. Types count: a type that comes from above is an upward import, too. */
export function readImports(sources: Sources, resolve: (from: string, specifier: string) => string | null): Import[] {
  const found: Import[] = [];
  for (const [from, text] of sources) {
    for (const [, type, clause = "", written, lazy] of withoutComments(text).matchAll(statement)) {
      const specifier = written ?? lazy ?? "";
      const names =
        /\{([^}]*)\}/
          .exec(clause)?.[1]
          ?.split(",")
          .filter((name) => name.trim() !== "") ?? [];
      const areTypes = names.length > 0 && names.every((name) => name.trim().startsWith("type "));
      const isType = type !== undefined || (areTypes && /^\s*\{/.test(clause));
      found.push({ from, specifier, file: resolve(from, specifier), isType, isLazy: lazy !== undefined });
    }
  }
  return found;
}

function withoutComments(text: string): string {
  return text.replaceAll(/^\s*(?:\/\/.*|\/\*[\s\S]*?\*\/)$/gm, "");
}

type Package = { name: string; folder: string; exports: Readonly<Record<string, string>> };

/** Resolves relative paths, the web app's `@/`, and the workspace's packages by their `exports`. */
export function createResolver(packages: readonly Package[]): (from: string, specifier: string) => string | null {
  return (from, specifier) => {
    if (specifier.startsWith(".")) return normalize(join(dirname(from), specifier));
    if (specifier.startsWith("@/")) return join("apps/web/src", specifier.slice(2));
    const owner = packages.find(({ name }) => specifier === name || specifier.startsWith(`${name}/`));
    if (owner === undefined) return null;
    const wanted = `.${specifier.slice(owner.name.length)}`;
    for (const [key, target] of Object.entries(owner.exports)) {
      if (key === wanted) return join(owner.folder, target);
    }
    for (const [key, target] of Object.entries(owner.exports)) {
      const [before = "", after] = key.split("*");
      if (after === undefined || !wanted.startsWith(before) || !wanted.endsWith(after)) continue;
      return join(owner.folder, target.replace("*", wanted.slice(before.length, wanted.length - after.length)));
    }
    return join(owner.folder, wanted);
  };
}

export type Manifest = { folder: string; name: string; exports: Record<string, string>; dependencies: Set<string> };

export function readManifest(root: string, folder: string): Manifest {
  const json = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
  const all = [json.dependencies, json.devDependencies, json.peerDependencies, json.optionalDependencies];
  const dependencies = new Set([json.name, ...all.flatMap((one) => Object.keys(one ?? {}))]);
  return { folder, name: json.name, exports: json.exports ?? {}, dependencies };
}
