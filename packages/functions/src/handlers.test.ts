import { readdir } from "node:fs/promises";
import { registry } from "@eventfork/core/integrations";
import { integrationNames } from "@eventfork/core/topology";
import { expect, test } from "vitest";

const others = ["archive", "grant", "migrate", "reconcile", "relay", "replay"];

test("the topology, the registry and the handlers have the same integrations", async () => {
  expect(Object.keys(registry).sort()).toEqual([...integrationNames].sort());
  const files = (await readdir(import.meta.dirname)).filter((file) => !file.endsWith(".test.ts"));
  expect(files.sort()).toEqual([...integrationNames, ...others].map((name) => `${name}.ts`).sort());
});

test.each(integrationNames)("%s is registered under its own name and has a handler", async (name) => {
  expect((await registry[name]()).name).toBe(name);
  const { handler } = await import(`@eventfork/functions/${name}`);
  expect(handler).toBeTypeOf("function");
});
