import { expect, test } from "vitest";
import { findWords } from "./vocabulary.ts";

test("a replaced name is found with its line and its replacement", () => {
  expect(findWords("const a = 1;\nawait tendReplays(ctx);\n")).toEqual([
    { line: 2, found: "tendReplays", use: "runReplayJob" },
  ]);
  expect(findWords("export const sayCount = String;")).toMatchObject([{ line: 1, found: "sayCount" }]);
});

test.each([
  "Whoever starts it",
  "The error is said at once",
  "An event that a rule kept out",
  "what its rule lets through",
  "events that are set aside",
  "a probe that is put off",
  "the stream goes on",
  "a sandbox that stands in for Slack",
  "after 12 tries",
  "/** What is sent. */",
  "It is late. What waits is published.",
  "const burials = [];",
])("the phrase is found: %s", (text) => {
  expect(findWords(text)).toHaveLength(1);
});

test.each(["a library", "retries: 12", "He tries again", "const retakeTurns = 1;", "isSaid", "the WhatsApp number"])(
  "ordinary words pass: %s",
  (text) => {
    expect(findWords(text)).toEqual([]);
  },
);
