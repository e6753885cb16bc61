import fc from "fast-check";
import superjson from "superjson";
import { expect, test } from "vitest";
import { keepEqual } from "./query-client.ts";

const copy = <Value>(value: Value): Value => superjson.parse(superjson.stringify(value));

const values = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, undefined, true, 0, 1, "", "text"),
    fc.date({ noInvalidDate: true }),
    fc.array(tie("any"), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom("a", "b", "c"), tie("any"), { noNullPrototype: true }),
  ),
})).any;

test("an equal response keeps the old object", () => {
  fc.assert(fc.property(values, (value) => void expect(keepEqual(value, copy(value))).toBe(value)));
});

test("a different response replaces the old value", () => {
  fc.assert(fc.property(values, values, (before, after) => void expect(keepEqual(before, after)).toStrictEqual(after)));
});

test("unchanged parts of a different response keep their old objects", () => {
  const before = {
    at: new Date(1),
    rows: [
      { id: "a", at: new Date(2) },
      { id: "b", at: new Date(3) },
    ],
  };
  const after = keepEqual(before, { at: new Date(4), rows: copy(before.rows) }) as typeof before;
  expect(after).not.toBe(before);
  expect(after.rows).toBe(before.rows);
  const grown = keepEqual(before, {
    ...copy(before),
    rows: [...copy(before.rows), { id: "c", at: new Date(5) }],
  }) as typeof before;
  expect(grown.rows).not.toBe(before.rows);
  expect(grown.rows[1]).toBe(before.rows[1]);
});
