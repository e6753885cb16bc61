// Part of `npm run verify`: whether every integration has its four places and its contract, and every event type is in the catalog.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { IntegrationTopology } from "../../packages/core/src/topology/index.ts";
import { listRegistered, places, read } from "./places.ts";

type Topology = { integrations: Record<string, IntegrationTopology> };
type Catalog = { eventTypes: readonly string[] };

/** What is half-added, each with what to do about it. */
export async function findProblems(root: string): Promise<string[]> {
  const load = <Module>(path: string): Promise<Module> => import(pathToFileURL(join(root, path)).href);
  const { integrations } = await load<Topology>(places.topology);
  const { eventTypes } = await load<Catalog>(places.catalog);
  const registered = listRegistered(read(root, places.registry));
  const handled = readdirSync(join(root, places.handlers))
    .filter((file) => file.endsWith(".ts") && read(root, `${places.handlers}/${file}`).includes("createConsumer("))
    .map((file) => file.slice(0, -".ts".length));
  const tests = readdirSync(join(root, places.folder))
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => read(root, `${places.folder}/${file}`))
    .join("\n");
  const names = [...new Set([...Object.keys(integrations), ...registered, ...handled])].sort();

  const halves = names.flatMap((name) => {
    const missing = [
      [name in integrations, `an entry in ${places.topology}`],
      [registered.includes(name), `a line in ${places.registry}`],
      [existsSync(join(root, places.folder, `${name}.ts`)), `its file ${places.folder}/${name}.ts`],
      [handled.includes(name), `its handler ${places.handlers}/${name}.ts`],
      [
        tests.includes(`describeContract(${name},`),
        `a test in ${places.folder} that calls describeContract(${name}, …)`,
      ],
    ].flatMap(([isThere, what]) => (isThere ? [] : [what]));
    if (missing.length === 0) return [];
    return `The integration "${name}" lacks ${missing.join(" and ")}. Add it by hand (docs/add-an-integration.md), or take the rest away: npm run remove:integration -- ${name}`;
  });
  return [...halves, ...findWrongEntries(integrations, eventTypes)];
}

function findWrongEntries(integrations: Topology["integrations"], eventTypes: readonly string[]): string[] {
  const variables = new Map<string, string>();
  const titles = new Map<string, string>();
  return Object.entries(integrations).flatMap(([name, entry]) => {
    const problems: string[] = [];
    const where = `${places.topology}: "${name}"`;
    const types = [entry.rule.type ?? []].flat().filter((type) => typeof type === "string");
    for (const type of types.filter((type) => !eventTypes.includes(type))) {
      problems.push(
        `${where} has a rule for the event type "${type}", which is not in the catalog. Add it to ${places.catalog} (npm run new:event -- ${type}), or take one of ${eventTypes.join(", ")}.`,
      );
    }
    if (!/^[A-Z][A-Za-z0-9]*$/.test(entry.title)) {
      problems.push(
        `${where} has the title "${entry.title}": AWS's resources are named by it, so take letters and digits.`,
      );
    }
    if (entry.isOptional === true && entry.secrets.length === 0) {
      problems.push(`${where} is optional and has no secret to switch it on by: name one, or drop isOptional.`);
    }
    const twin = titles.get(entry.title);
    if (twin !== undefined) problems.push(`${where} has the title of "${twin}": take another.`);
    titles.set(entry.title, name);
    for (const variable of [...entry.secrets, ...entry.settings]) {
      const owner = variables.get(variable);
      if (owner !== undefined) problems.push(`${where} reads ${variable}, which is "${owner}"'s: take another name.`);
      if (!/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/.test(variable)) {
        problems.push(`${where} names the variable "${variable}": take capitals, digits and underscores.`);
      }
      variables.set(variable, name);
    }
    return problems;
  });
}

if (import.meta.main) {
  const problems = await findProblems(process.cwd());
  for (const problem of problems) console.error(problem);
  process.exit(problems.length === 0 ? 0 : 1);
}
