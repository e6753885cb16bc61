import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileWildcard } from "../operators/wildcard.ts";

function matchesPattern(pattern: string, text: string): boolean {
  const compiled = compileWildcard(pattern);
  if (!compiled.ok) throw new Error(compiled.fault);
  return compiled.test(text);
}

describe("a pattern", () => {
  test.each([
    ["", "", true],
    ["", "a", false],
    ["*", "", true],
    ["*", "anything", true],
    ["a*", "a", true],
    ["*a", "a", true],
    ["a*a", "a", false],
    ["a*a", "aa", true],
    ["ab*ba", "aba", false],
    ["*ab*ab*", "abab", true],
    ["*ab*ab*", "aba", false],
    ["a*b*c", "abcbc", true],
    ["a*b*c", "acb", false],
    ["*.b.*", "a.b.c", true],
    ["*é*", "café!", true],
    ["a?c", "abc", false],
    ["a.c", "abc", false],
    ["\\*", "*", true],
    ["\\*", "a", false],
    ["\\\\*", "\\x", true],
    ["*\\*", "x*", true],
    ["*BALL", "ball", false],
  ])("%j on %j is %s", (pattern, text, isMatch) => {
    expect(matchesPattern(pattern, text)).toBe(isMatch);
  });

  test.each(["**", "a**b", "*\\", "\\a", "a\\"])("%j is faulty", (pattern) => {
    expect(compileWildcard(pattern).ok).toBe(false);
  });

  test.each([
    ["a", 0],
    ["*a*b*", 3],
    ["\\**", 1],
  ])("%j has %d wildcards", (pattern, stars) => {
    expect(compileWildcard(pattern)).toMatchObject({ ok: true, stars });
  });
});

test("agrees with a regular expression", () => {
  const deadLetters = fc
    .string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 8 })
    .filter((pattern) => !pattern.includes("**"));
  const text = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 12 });
  fc.assert(
    fc.property(deadLetters, text, (pattern, candidate) => {
      const expected = new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(candidate);
      expect(matchesPattern(pattern, candidate)).toBe(expected);
    }),
    { numRuns: 20_000 },
  );
});

test("a hostile text takes linear time", () => {
  const text = "a".repeat(256 * 1024);
  expect(matchesPattern("*a*a*b", text)).toBe(false);
  expect(matchesPattern("a*a*a*a*a*a*a*a*a*a*a*a*b", text)).toBe(false);
  expect(matchesPattern(`*${"a".repeat(1000)}b*`, text)).toBe(false);
});
