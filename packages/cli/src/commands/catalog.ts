import type { Command } from "commander";
import { runWithoutContext, withExamples, withJson } from "../run.ts";
import { type CommandOutput, formatTable } from "../terminal/output.ts";

export function addCatalogCommand(program: Command): void {
  withExamples(
    withJson(program.command("catalog"))
      .description("the event types and the fields of their data")
      .option("--asyncapi", "the whole catalog as an AsyncAPI document")
      .action(runWithoutContext(show)),
    "catalog",
    "catalog --asyncapi > asyncapi.json",
  );
}

/** Needs no database and no network. */
async function show({ asyncapi = false }: { asyncapi?: boolean }): Promise<CommandOutput> {
  const { catalog, eventTypes } = await import("@eventfork/core/events");
  const { exportCatalog, toSchema } = await import("@eventfork/core/events/export");
  if (asyncapi) {
    const text = exportCatalog()["asyncapi.json"] ?? "";
    return { json: JSON.parse(text), text: text.trimEnd() };
  }
  const types = eventTypes.map((type) => ({ type, title: catalog[type].title, schema: toSchema(type) }));
  const rows = types.map(({ type, title, schema }) => [
    type,
    title,
    Object.keys(schema.properties ?? {})
      .map((field) => (schema.required?.includes(field) ? field : `${field}?`))
      .join(", "),
  ]);
  return { json: { types }, text: formatTable(["type", "title", "data"], rows) };
}
