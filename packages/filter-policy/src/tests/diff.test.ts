import fc from "fast-check";
import { expect, test } from "vitest";
import { type DiffLine, describeChanges, diffLines, diffPolicies, type Policy } from "../index.ts";
import { anyPolicy } from "../testing/generate.ts";

test.each<[string, Policy, Policy, string]>([
  ["the same in another order of keys", { a: ["x"], b: ["y"] }, { b: ["y"], a: ["x"] }, ""],
  ["a list", { a: ["x"] }, { a: ["x", "y"] }, 'a: was ["x"], is ["x","y"]'],
  ["a nested list", { d: { a: ["x"], b: ["y"] } }, { d: { a: ["z"], b: ["y"] } }, 'd.a: was ["x"], is ["z"]'],
  ["a key more and one fewer", { a: ["x"] }, { b: ["x"] }, 'a: was ["x"], is nothing; b: was nothing, is ["x"]'],
  ["an operator", { a: [{ prefix: "x" }] }, { a: [{ prefix: "y" }] }, 'a: was [{"prefix":"x"}], is [{"prefix":"y"}]'],
  [
    "one alternative",
    { $or: [{ a: ["x"] }, { b: ["y"] }] },
    { $or: [{ a: ["x"] }, { b: ["z"] }] },
    '$or[1].b: was ["y"], is ["z"]',
  ],
  ["null and nothing", { a: [null] }, {}, "a: was [null], is nothing"],
])("policies differ by %s", (_, before, after, words) => {
  expect(describeChanges(diffPolicies(before, after))).toBe(words);
});

test("policies have no difference exactly when they are equal", () => {
  fc.assert(
    fc.property(anyPolicy, anyPolicy, (left, right) => {
      const [before, after]: Policy[] = [JSON.parse(JSON.stringify(left)), JSON.parse(JSON.stringify(right))];
      expect(diffPolicies(before ?? {}, before ?? {})).toEqual([]);
      const isSame = diffPolicies(before ?? {}, after ?? {}).length === 0;
      expect(isSame).toBe(fc.stringify(sorted(before)) === fc.stringify(sorted(after)));
    }),
    { numRuns: 5_000 },
  );
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return entries.map(([key, inner]) => [key, sorted(inner)]);
}

test("the line diff rebuilds both texts, and no diff is shorter", () => {
  const line = fc.constantFrom("a", "b", "c");
  const text = fc.array(line, { maxLength: 8 }).map((lines) => lines.join("\n"));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = diffLines(before, after);
      const without = (kind: DiffLine["kind"]) =>
        lines
          .filter((candidate) => candidate.kind !== kind)
          .map((candidate) => candidate.text)
          .join("\n");
      expect(without("added")).toBe(before);
      expect(without("removed")).toBe(after);
      if (before === after) expect(lines.every(({ kind }) => kind === "same")).toBe(true);
    }),
  );
  expect(diffLines("a\nb\nc\nd", "a\nc\nd\ne").filter(({ kind }) => kind !== "same")).toEqual([
    { kind: "removed", text: "b" },
    { kind: "added", text: "e" },
  ]);
  expect(diffLines("", "a")).toEqual([{ kind: "added", text: "a" }]);
});
