import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { findBreakingChanges, type JsonSchema } from "./compatibility.ts";
import { exportCatalog } from "./export.ts";

const base = {
  id: z.string(),
  name: z.string().min(1).max(100),
  amount: z.number().min(0),
  currency: z.enum(["EUR", "USD"]),
  note: z.string().optional(),
  lines: z.array(z.object({ sku: z.string() })),
  coupon: z.string().nullable(),
};

const toSchemas = (shape: z.ZodRawShape, type = "order.placed") => ({
  [type]: z.toJSONSchema(z.looseObject(shape), { target: "draft-7" }) as JsonSchema,
});
const { name: _, ...withoutName } = base;
const { note: __, ...withoutNote } = base;

const changesTo = (shape: z.ZodRawShape) => findBreakingChanges(toSchemas(base), toSchemas(shape));

describe("a change that breaks consumers or producers is caught, with its path", () => {
  test.each<[string, z.ZodRawShape, string, RegExp]>([
    ["a removed field", withoutName, "order.placed.name", /is gone/],
    ["a removed optional field", withoutNote, "order.placed.note", /is gone/],
    ["a new required field", { ...base, region: z.string() }, "order.placed.region", /new and required/],
    ["a field that must be sent now", { ...base, note: z.string() }, "order.placed.note", /is required now/],
    ["a field that may be missing now", { ...base, id: z.string().optional() }, "order.placed.id", /left out/],
    ["another type", { ...base, id: z.number() }, "order.placed.id", /no string any more, but number/],
    ["a null where none was", { ...base, id: z.string().nullable() }, "order.placed.id", /may be null now/],
    ["no null where one was", { ...base, coupon: z.string() }, "order.placed.coupon", /no null any more/],
    ["whole numbers only", { ...base, amount: z.int() }, "order.placed.amount", /no number any more, but integer/],
    ["a text narrowed to some", { ...base, id: z.enum(["a"]) }, "order.placed.id", /any value was taken/],
    ["a value that is not taken", { ...base, currency: z.enum(["EUR"]) }, "order.placed.currency", /"USD"/],
    ["a shorter text", { ...base, name: z.string().min(1).max(50) }, "order.placed.name", /maxLength of 50/],
    ["a first limit", { ...base, id: z.string().max(10) }, "order.placed.id", /maxLength of 10 now, and had none/],
    ["a higher least value", { ...base, amount: z.number().min(1) }, "order.placed.amount", /minimum of 1/],
    ["a text that must have a form", { ...base, id: z.uuid() }, "order.placed.id", /format "uuid"/],
    ["a field gone within a list", { ...base, lines: z.array(z.object({})) }, "order.placed.lines[].sku", /gone/],
    [
      "a limit in an alternative",
      { ...base, coupon: z.string().max(3).nullable() },
      "order.placed.coupon",
      /maxLength/,
    ],
  ])("%s", (_name, shape, path, problem) => {
    const changes = changesTo(shape);
    expect(changes.map((change) => change.path)).toContain(path);
    expect(changes.find((change) => change.path === path)?.problem).toMatch(problem);
  });

  test("an event type that was removed or renamed", () => {
    expect(findBreakingChanges(toSchemas(base), toSchemas(base, "order.made"))).toEqual([
      { path: "order.placed", problem: "the event type is gone" },
    ]);
  });

  test("an object that refuses unknown fields", () => {
    const strict = { "order.placed": z.toJSONSchema(z.strictObject(base), { target: "draft-7" }) as JsonSchema };
    expect(findBreakingChanges(toSchemas(base), strict)).toEqual([
      { path: "order.placed", problem: "refuses fields that it does not know now" },
    ]);
  });
});

describe("a compatible change is allowed", () => {
  test.each<[string, z.ZodRawShape]>([
    ["no change", base],
    ["a new optional field", { ...base, region: z.string().optional() }],
    ["a longer text", { ...base, name: z.string().min(1).max(200) }],
    ["a limit that is gone", { ...base, name: z.string() }],
    ["a lower least value", { ...base, amount: z.number().min(-5) }],
    ["one more value", { ...base, currency: z.enum(["EUR", "USD", "GBP"]) }],
    ["other words", { ...base, id: z.string().describe("The order's number.") }],
    [
      "an optional field within a list",
      { ...base, lines: z.array(z.object({ sku: z.string(), n: z.int().optional() })) },
    ],
  ])("%s", (_name, shape) => {
    expect(changesTo(shape)).toEqual([]);
  });

  test("a new event type", () => {
    const both = { ...toSchemas(base), ...toSchemas({ id: z.string() }, "order.cancelled") };
    expect(findBreakingChanges(toSchemas(base), both)).toEqual([]);
  });
});

test("npm run events:export writes the catalog, and refuses a breaking change without its flag", async () => {
  const copy = mkdtempSync(join(tmpdir(), "eventfork-export-"));
  onTestFinished(() => rmSync(copy, { recursive: true }));
  const folder = join(copy, "docs/events");
  mkdirSync(folder, { recursive: true });
  const script = fileURLToPath(new URL("../../../../scripts/export-events.ts", import.meta.url));
  const run = (...args: string[]) => promisify(execFile)(process.execPath, [script, ...args], { cwd: copy });
  writeFileSync(join(folder, "order.placed.json"), "{}");
  await expect(run()).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/order\.placed.*Nothing was written/s),
  });
  expect(readdirSync(folder)).toEqual(["order.placed.json"]);
  await run("--accept-breaking");
  const written = readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), "utf8")]);
  expect(Object.fromEntries(written)).toEqual(exportCatalog());
});
