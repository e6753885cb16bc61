import { expect, test } from "vitest";
import { locatePath } from "./json-path.ts";

const text = '{ "id": "evt_1", "data": { "email": "nobody", "tags": ["a", { "b": 2 }] } }';

test.each([
  ["id", '"evt_1"'],
  ["data.email", '"nobody"'],
  ["data", '"data"'],
  ["data.tags.0", '"a"'],
  ["data.tags.1.b", "2"],
  ["data.name", '"data"'],
  ["subject", "{"],
  ["", "{"],
])("%s is found at %s", (path, there) => {
  const { from, to } = locatePath(text, path);
  expect(text.slice(from, to)).toBe(there);
});

test("a path is located in invalid JSON", () => {
  for (const broken of ["", "{", "nothing", '{ "data": ']) {
    const { from, to } = locatePath(broken, "data.email");
    expect(from).toBeGreaterThanOrEqual(0);
    expect(to).toBeLessThanOrEqual(broken.length);
  }
});
