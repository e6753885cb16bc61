import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clip, toWellFormedJson, withoutHidden } from "./text.ts";

const family = "👨‍👩‍👧";

describe("clip", () => {
  test.each([
    ["a text that fits stays", "Ada", 3, "Ada"],
    ["a surrogate pair is not halved", `${"x".repeat(9)}😀`, 10, "x".repeat(9)],
    ["a joined emoji is not taken apart", `ab${family}`, 6, "ab"],
    ["a letter keeps its accent", `abe\u0301`, 3, "ab"],
    ["a lone surrogate is replaced", "a\ud83d", 5, "a\ufffd"],
    ["a grapheme beyond any size is cut all the same", `e${"\u0301".repeat(500)}`, 10, `e${"\u0301".repeat(9)}`],
  ])("%s", (_, text, maximum, clipped) => {
    expect(clip(text, maximum)).toBe(clipped);
  });

  test("the end is part of the maximum", () => {
    expect(clip("x".repeat(20), 10, "…")).toBe(`${"x".repeat(9)}…`);
  });

  test("any text is cut to the maximum, well formed, and is where the text begins", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), fc.integer({ min: 1, max: 200 }), (text, maximum) => {
        const clipped = clip(text, maximum);
        expect(clipped.length).toBeLessThanOrEqual(maximum);
        expect(clipped.isWellFormed()).toBe(true);
        expect(text.toWellFormed().startsWith(clipped.replace(/\ufffd$/u, ""))).toBe(true);
      }),
    );
  });
});

test("JSON has no lone surrogate, and is otherwise unchanged", () => {
  const value = { a: "\ud83d", b: "\\ud83d", c: ["😀", "\\\udc00"], "\udfff": '"\ud800' };
  expect(JSON.parse(toWellFormedJson(value))).toEqual({
    a: "\ufffd",
    b: "\\ud83d",
    c: ["😀", "\\\ufffd"],
    "\ufffd": '"\ufffd',
  });
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: "binary" }), (json) => {
      expect(JSON.parse(toWellFormedJson(json))).toEqual(JSON.parse(JSON.stringify(json)));
    }),
  );
});

describe("withoutHidden", () => {
  test.each(["می‌نا", "ශ්‍රී", family, "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "❤️", "1️⃣", "Zoë O'Neil", "न्‍य"])("%s is unchanged", (text) => {
    expect(withoutHidden(text)).toBe(text);
  });

  test.each([
    ["direction", "a\u202Eb\u2066c\u200Fd\u061Ce"],
    ["what has no width", "a\u200Bb\u2060c\uFEFFd\u00ADe"],
    ["joiners between ASCII", "a\u200Db\u200Cc\u200D\u200Dde"],
    ["tags without a flag", "a\u{E0061}\u{E0062}bcde"],
    ["fillers", "a\u3164b\u115Fcde"],
    ["variants after ASCII", "a\u{E0101}\u{E0102}bcde"],
    ["annotations", "a\uFFF9bc\uFFFBde"],
  ])("%s is removed", (_, text) => {
    expect(withoutHidden(text)).toBe("abcde");
  });
});
