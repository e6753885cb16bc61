// `npm run new:event -- order.placed`: an entry of the catalog, and its export.
import { writeFileSync } from "node:fs";
import { eventTypes } from "../packages/core/src/events/index.ts";
import { places, read, refuse } from "./integrations/places.ts";
import { catalogEntry } from "./integrations/templates.ts";
import { run } from "./run.ts";

const [type = "", ...rest] = process.argv.slice(2);
const end = "} as const satisfies Record<";
const problems: string[] = [];
if (type === "" || rest.length > 0) problems.push("Say one type: npm run new:event -- order.placed");
else if (!/^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/.test(type) || type.length > 100) {
  problems.push(`"${type}" is no event type: say what has happened to what, in small letters with a dot: order.placed`);
} else if (eventTypes.some((known) => known === type)) problems.push(`"${type}" is in ${places.catalog} already.`);
if (problems.length > 0) refuse(problems);

const catalog = read(process.cwd(), places.catalog);
writeFileSync(places.catalog, catalog.replace(end, `${catalogEntry(type)}${end}`));
const code = run("node", ["scripts/export-events.ts"]);
if (code !== 0) {
  writeFileSync(places.catalog, catalog);
  refuse([`The catalog could not be exported: "${type}" was taken out again.`]);
}
console.log(
  `"${type}" is in ${places.catalog}; what is to be filled in is marked FILL IN. Then: npm run events:export`,
);
