import { catalog, eventTypes } from "@eventfork/core/events";
import { exportCatalog, toSchema } from "@eventfork/core/events/export";
import { type Answer, formatTable } from "../terminal/output.ts";

/** Needs no database and no network. */
export async function showCatalog({ asyncapi = false }: { asyncapi?: boolean }): Promise<Answer> {
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
