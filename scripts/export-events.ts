// `npm run events:export`: writes the catalog to docs/events, unless that would break consumers.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findBreakingChanges, type JsonSchema } from "../packages/core/src/events/compatibility.ts";
import { exportCatalog, toSchema } from "../packages/core/src/events/export.ts";
import { eventTypes } from "../packages/core/src/events/index.ts";

const folder = "docs/events";
const isAccepted = process.argv.includes("--accept-breaking");

mkdirSync(folder, { recursive: true });
const before = readdirSync(folder).filter((file) => file.endsWith(".json") && file !== "asyncapi.json");
const schemas = before.map((file): [string, JsonSchema] => [
  file.slice(0, -".json".length),
  JSON.parse(readFileSync(join(folder, file), "utf8")),
]);
const breaking = findBreakingChanges(
  Object.fromEntries(schemas),
  Object.fromEntries(eventTypes.map((type) => [type, toSchema(type)])),
);
for (const { path, problem } of breaking) console.error(`${path}: ${problem}`);
if (breaking.length > 0 && !isAccepted) {
  console.error(
    "\nNothing was written: this would break who receives or sends these events. Add an optional field or a new event type instead, or, when nobody goes by the old schema, run: npm run events:export -- --accept-breaking",
  );
  process.exit(1);
}
const files = exportCatalog();
for (const file of before) if (!Object.hasOwn(files, file)) rmSync(join(folder, file));
for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
console.log(`Wrote ${Object.keys(files).length} files to ${folder}.`);
