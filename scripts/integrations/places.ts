import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The four places of an integration, from the repository's root. */
export const places = {
  topology: "packages/core/src/topology/index.ts",
  registry: "packages/core/src/integrations/registry.ts",
  errorTables: "packages/core/src/integrations/error-tables.ts",
  removals: "packages/core/src/integrations/removals.ts",
  folder: "packages/core/src/integrations",
  handlers: "packages/functions/src",
  catalog: "packages/core/src/events/catalog.ts",
} as const;

export const topologyEnd = "} as const satisfies Record<string, IntegrationTopology>;";

export const read = (root: string, path: string) => readFileSync(join(root, path), "utf8");

/** The integrations that have a line in the registry. */
export function listRegistered(text: string): string[] {
  return [...text.matchAll(/^ {2}(\w+): async \(\) =>/gm)].map(([, name = ""]) => name);
}

/** A name's own entry in `topology`, from its key to the end of its braces; null when it has none. */
export function findTopologyEntry(text: string, name: string): { from: number; to: number } | null {
  const from = text.indexOf(`\n  ${name}: {\n`);
  if (from < 0) return null;
  const end = "\n  },\n";
  return { from: from + 1, to: text.indexOf(end, from) + end.length };
}

/** Says what is wrong, a line each, and ends the process: nothing has been written. */
export function refuse(problems: readonly string[]): never {
  for (const problem of problems) console.error(problem);
  console.error("Nothing was changed.");
  process.exit(1);
}
