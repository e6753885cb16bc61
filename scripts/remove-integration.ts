// `npm run remove:integration -- hubspot`: takes an integration's places away. Past deliveries stay readable, and what waits in its queue is not lost.
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type Connection, connect } from "../packages/cli/src/connection.ts";
import { measureQueues } from "../packages/core/src/aws/index.ts";
import { retireQueues } from "../packages/core/src/dead-letters/index.ts";
import { EventforkError, messageOf } from "../packages/core/src/kernel/index.ts";
import { isIntegrationName } from "../packages/core/src/topology/index.ts";
import { findTopologyEntry, listRegistered, places, read, refuse } from "./integrations/places.ts";
import { findTests, findUses } from "./integrations/uses.ts";

const usage = "npm run remove:integration -- <name> [--keep-messages] [--unchecked]";
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { "keep-messages": { type: "boolean" }, unchecked: { type: "boolean" } },
});
const [name = "", ...rest] = positionals;
if (rest.length > 0 || !/^[a-z][a-z0-9]*$/.test(name)) refuse([`Say one name: ${usage}`]);

const root = process.cwd();
const [topology, registry, errorTables, removals] = [
  places.topology,
  places.registry,
  places.errorTables,
  places.removals,
].map((path) => read(root, path)) as [string, string, string, string];
const entry = findTopologyEntry(topology, name);
const handler = `${places.handlers}/${name}.ts`;
const own = readdirSync(places.folder)
  .filter((file) => file === `${name}.ts` || file === `${name}.test.ts` || file.startsWith(`${name}-`))
  .map((file) => `${places.folder}/${file}`);
const isHandler = existsSync(handler) && read(root, handler).includes("createConsumer(");
const isKnown = entry !== null || listRegistered(registry).includes(name) || isHandler;
if (!isKnown) refuse([`There is no integration "${name}". There are: ${listRegistered(registry).join(", ")}.`]);

const uses = findUses(root, name, [
  ...own,
  handler,
  ...[places.registry, places.topology, places.errorTables, places.removals],
]);
if (uses.length > 0)
  refuse([`More than its own places uses "${name}". Take that away first:`, ...uses.map((use) => `  ${use}`)]);
if (!values.unchecked) await settleMessages();

const tables = errorTables
  .split("\n")
  .filter((line) => !line.includes(`"./${name}-errors.ts"`) && !line.startsWith(`  ${name}: `));
const withoutLine = (text: string) =>
  text
    .split("\n")
    .filter((line) => !line.startsWith(`  ${name}: async`))
    .join("\n");
if (entry !== null) writeFileSync(places.topology, topology.slice(0, entry.from) + topology.slice(entry.to));
writeFileSync(places.registry, withoutLine(registry));
writeFileSync(places.removals, withoutLine(removals));
writeFileSync(places.errorTables, tables.join("\n"));
for (const file of [...own, ...(isHandler ? [handler] : [])]) rmSync(file, { force: true });
console.log(`${name} is removed:`);
for (const path of [...own, handler, places.registry, places.topology]) console.log(`  ${path}`);
const tests = findTests(root, name, own);
if (tests.length > 0) console.log("These tests take it for their example, and need another:");
for (const path of tests) console.log(`  ${path}`);
console.log("Its past deliveries and dead letters stay readable. Then: npm run verify, and deploy or start again.");

/** Keeps what waits in the queues, where that is asked for; refuses to go on while something does. */
async function settleMessages(): Promise<void> {
  let connection: Connection | undefined;
  try {
    connection = await connect(undefined);
    const { ctx } = connection;
    if (!isIntegrationName(name) || ctx.messaging.queues[name] === undefined) return;
    if (values["keep-messages"]) {
      const { kept, held } = await retireQueues(ctx, name);
      console.log(`${kept} messages of ${name}'s queues are kept as dead letters.`);
      if (held > 0)
        refuse([`A consumer still holds ${held}: wait until they show again, or are delivered, and run it once more.`]);
      return;
    }
    const depth = (await measureQueues(ctx.messaging))[name] ?? null;
    if (depth === null)
      refuse([`${name}'s queue does not answer, so nobody knows what is in it. Try again, or say --unchecked.`]);
    const { waiting, inFlight, dead } = depth;
    if (waiting + inFlight + dead === 0) return;
    refuse([
      `${name}'s queue holds ${waiting} messages, a consumer ${inFlight}, and its dead letter queue ${dead}.`,
      "Let its consumer deliver them, or keep them as dead letters: say --keep-messages.",
    ]);
  } catch (error) {
    if (!(error instanceof EventforkError)) throw error;
    refuse([messageOf(error), `So nobody knows what is in ${name}'s queue. Say --unchecked where there is none.`]);
  } finally {
    await connection?.close();
  }
}
