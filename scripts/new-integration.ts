// `npm run new:integration -- hubspot [--title HubSpot]`: the four places of an integration, and a test that runs the contract.
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { eventTypes } from "../packages/core/src/events/index.ts";
import { findProblems } from "./integrations/check.ts";
import { places, read, refuse, topologyEnd } from "./integrations/places.ts";
import { handlerFile, integrationFile, registryLine, testFile, topologyEntry } from "./integrations/templates.ts";

const usage = "npm run new:integration -- <name> [--title <Title>]";
const reserved =
  "arguments async await break case catch class const continue debugger default delete do else enum eval export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof var void while with yield constructor";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { title: { type: "string" } } });
const [name = "", ...rest] = positionals;
const title = values.title ?? `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;

const root = process.cwd();
const files = {
  [`${places.folder}/${name}.ts`]: integrationFile({ name, title }),
  [`${places.folder}/${name}.test.ts`]: testFile({ name, title }),
  [`${places.handlers}/${name}.ts`]: handlerFile({ name, title }),
};
const [topology, registry] = [read(root, places.topology), read(root, places.registry)];

const problems: string[] = [];
if (rest.length > 0 || name === "") problems.push(`Say one name: ${usage}`);
else if (!/^[a-z][a-z0-9]{1,29}$/.test(name) || reserved.split(" ").includes(name)) {
  problems.push(
    `"${name}" is no name for an integration: take 2 to 30 small letters and digits, a letter first, no word of the language.`,
  );
} else {
  for (const file of Object.keys(files)) {
    if (existsSync(file)) problems.push(`${file} is there already: take another name, or remove it first.`);
  }
  if (topology.includes(`\n  ${name}: {\n`)) problems.push(`${places.topology} has "${name}" already.`);
  const cousins = readdirSync(places.folder).filter((file) => file.startsWith(`${name}-`));
  if (cousins.length > 0)
    problems.push(`${places.folder} has ${cousins.join(", ")}: "${name}" would claim it. Take another name.`);
}
if (!/^[A-Z][A-Za-z0-9]{1,29}$/.test(title)) {
  problems.push(
    `"${title}" is no title: AWS's resources are named by it, so take letters and digits, a capital first.`,
  );
}
if (topology.includes(`title: "${title}"`)) problems.push(`The title "${title}" is taken: give another with --title.`);
if (problems.length === 0) problems.push(...(await findProblems(root)));
if (problems.length > 0) refuse(problems);

const line = registryLine({ name, title });
const changed = {
  [places.topology]: topology.replace(
    topologyEnd,
    `${topologyEntry({ name, title }, eventTypes[0] ?? "")}${topologyEnd}`,
  ),
  [places.registry]: insertSorted(registry, line),
};
try {
  for (const [file, text] of Object.entries({ ...files, ...changed })) writeFileSync(file, text);
} catch (error) {
  for (const file of Object.keys(files)) rmSync(file, { force: true });
  writeFileSync(places.topology, topology);
  writeFileSync(places.registry, registry);
  throw error;
}
console.log(`${title} is there, off until ${name.toUpperCase()}_API_KEY is set:`);
for (const file of [...Object.keys(files), ...Object.keys(changed)]) console.log(`  ${file}`);
console.log(
  `What is to be filled in is marked FILL IN. Then: npm run verify && npx vitest run ${places.folder}/${name}.test.ts`,
);

/** The registry with one line more, in the order of the names. */
function insertSorted(text: string, added: string): string {
  const lines = text.split("\n");
  const isEntry = (entry: string) => /^ {2}\w+: async/.test(entry);
  const after = lines.findIndex((entry) => isEntry(entry) && entry > added);
  lines.splice(after < 0 ? lines.findLastIndex(isEntry) + 1 : after, 0, added.trimEnd());
  return lines.join("\n");
}
