import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { loadTool } from "../../../../scripts/programs.ts";
import { catalog, eventTypes, exampleEvent, parseEventData } from "./catalog.ts";
import { findBreakingChanges, type JsonSchema } from "./compatibility.ts";
import { parseEnvelope } from "./envelope.ts";
import { exportCatalog, toSchema } from "./export.ts";

const folder = fileURLToPath(new URL("../../../../docs/events/", import.meta.url));
const read = (file: string) => readFileSync(`${folder}${file}`, "utf8");
const committed = readdirSync(folder);
const exported = exportCatalog();

type Validate = ((value: unknown) => boolean) & { errors?: readonly object[] | null };
let compile: (schema: object, options?: { meta: boolean; validateSchema: boolean }) => Validate;
let asyncApiSchema: object;

beforeAll(async () => {
  const { Ajv } = await loadTool<{ Ajv: new (options: object) => { compile: (schema: object) => Validate } }>("ajv");
  const { default: formats } = await loadTool<{ default: { default: <T>(ajv: T) => T } }>("ajv-formats");
  const specs = await loadTool<{ default: { schemas: Record<string, object> } }>("@asyncapi/specs");
  asyncApiSchema = specs.default.schemas["3.0.0"] ?? {};
  compile = (schema, options) => formats.default(new Ajv({ strict: false, ...options })).compile(schema);
}, 120_000);

test("the catalog is compatible with the committed export", () => {
  const files = committed.filter((file) => file.endsWith(".json") && file !== "asyncapi.json");
  const before = Object.fromEntries(
    files.map((file): [string, JsonSchema] => [file.slice(0, -".json".length), JSON.parse(read(file))]),
  );
  const after = Object.fromEntries(eventTypes.map((type) => [type, toSchema(type)]));
  expect(Object.keys(before).length).toBeGreaterThan(0);
  expect(findBreakingChanges(before, after), "docs/how-to/add-an-event-type.md says what to do instead").toEqual([]);
});

test("the committed export is that of the catalog: `npm run events:export` writes it", () => {
  expect(committed.sort()).toEqual(Object.keys(exported).sort());
  for (const [file, text] of Object.entries(exported)) expect(read(file), file).toBe(text);
});

test("the AsyncAPI document is one by AsyncAPI's own schema, and the check would refuse a wrong one", () => {
  const isAsyncApi = compile(asyncApiSchema, { meta: false, validateSchema: false });
  const document = JSON.parse(exported["asyncapi.json"] ?? "");
  expect(isAsyncApi(document), JSON.stringify(isAsyncApi.errors?.slice(0, 3))).toBe(true);
  expect(isAsyncApi({ ...document, operations: { publish: { action: "shout" } } })).toBe(false);
});

test.each(eventTypes)("the example of %s fits its own schema, and is an event on the wire", (type) => {
  const { example, personal, data } = catalog[type];
  const fits = compile(toSchema(type));
  expect(fits(example), JSON.stringify(fits.errors)).toBe(true);
  expect(parseEventData(type, example).data).toEqual(example);
  expect(parseEnvelope(JSON.stringify(exampleEvent(type)))).toMatchObject({ ok: true });
  for (const field of personal) expect(Object.keys(data.shape)).toContain(field);
});
