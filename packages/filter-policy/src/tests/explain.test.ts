import { describe, expect, test } from "vitest";
import {
  describeEvents,
  describe as describeRule,
  explain,
  InvalidPolicyError,
  type Message,
  type Scope,
} from "../index.ts";

const seed = { type: ["user.signed_up"], data: { email: [{ "anything-but": { suffix: "@example.com" } }] } };

describe("the explanation of a message", () => {
  test("is empty when it matches", () => {
    expect(
      explain(seed, "MessageBody", { body: { type: "user.signed_up", data: { email: "ada@example.org" } } }),
    ).toEqual([]);
  });

  test("has the clause, its path, the expected and the actual value", () => {
    expect(
      explain(seed, "MessageBody", { body: { type: "user.signed_up", data: { email: "ada@example.com" } } }),
    ).toEqual([
      {
        path: "data.email",
        expected: "does not end with @example.com",
        actual: '"ada@example.com"',
        clause: [{ "anything-but": { suffix: "@example.com" } }],
      },
    ]);
  });

  test("has every failed clause, and no others", () => {
    const failed = explain(seed, "MessageBody", { body: { type: "user.logged_in" } });
    expect(failed.map(({ path, actual }) => [path, actual])).toEqual([
      ["type", '"user.logged_in"'],
      ["data.email", "missing"],
    ]);
  });

  test.each<[unknown, Scope, Message, string]>([
    [["a"], "MessageBody", { body: { key: ["b", 5] } }, '["b",5]'],
    [["a"], "MessageBody", { body: { key: [] } }, "an empty list"],
    [["a"], "MessageBody", { body: { key: { a: 1 } } }, "an object, not a value"],
    [["a"], "MessageBody", { body: { key: null } }, "null"],
    [["a"], "MessageBody", { body: { other: null } }, "missing"],
    [[{ exists: false }], "MessageBody", { body: {} }, "missing, as is everything else"],
    [["a"], "MessageBody", { body: { key: "b".repeat(500) } }, `"${"b".repeat(119)}…`],
    [["a"], "MessageAttributes", { attributes: { key: { DataType: "String.Array", StringValue: '["b"]' } } }, '"b"'],
    [
      ["a"],
      "MessageAttributes",
      { attributes: { key: { DataType: "String.Array", StringValue: "[]" } } },
      "an empty list",
    ],
    [
      ["a"],
      "MessageAttributes",
      { attributes: { key: { DataType: "String.Array", StringValue: "b" } } },
      "an attribute whose value cannot be read as its type",
    ],
    [["a"], "MessageAttributes", { attributes: { key: { DataType: "Number", StringValue: "5.0" } } }, "5"],
    [["a"], "MessageAttributes", { attributes: { key: { DataType: "Number", StringValue: "b" } } }, "not a number"],
    [
      ["a"],
      "MessageAttributes",
      { attributes: { key: { DataType: "Binary", BinaryValue: "AA==" } } },
      "a Binary attribute, which SNS ignores",
    ],
    [["a"], "MessageAttributes", {}, "missing, as is everything else"],
  ])("%j in %s on %j: %s", (list, scope, message, actual) => {
    expect(explain({ key: list }, scope, message)).toMatchObject([{ path: "key", actual, clause: list }]);
  });

  test.each<[unknown, string]>([
    ["plain", 'not JSON: "plain"'],
    ['["a"]', '["a"]'],
    [undefined, "there is no body"],
    [null, "null"],
  ])("a body that is no object: %j", (body, actual) => {
    expect(explain(seed, "MessageBody", { body })).toEqual([
      { path: "", expected: "the body is a JSON object", actual, clause: seed },
    ]);
  });

  test("has all failed alternatives of a $or with their places, and none when one matches", () => {
    const policy = {
      source: ["web"],
      $or: [{ plan: ["pro"], seats: [{ numeric: [">", 5] }] }, { data: { $or: [{ a: ["1"] }, { b: ["2"] }] } }],
    };
    const failed = explain(policy, "MessageBody", { body: { plan: "pro", seats: 3, data: { a: "2" } } });
    expect(failed.map(({ path, alternative }) => [path, alternative])).toEqual([
      ["source", undefined],
      ["seats", "$or[0]"],
      ["data.a", "$or[1].data.$or[0]"],
      ["data.b", "$or[1].data.$or[1]"],
    ]);
    expect(explain(policy, "MessageBody", { body: { source: "web", data: { b: "2" } } })).toEqual([]);
  });

  test("a refused policy is not explained", () => {
    expect(() => explain({ a: [] }, "MessageBody", {})).toThrow(InvalidPolicyError);
  });
});

describe("the expected value", () => {
  test.each<[unknown[], string]>([
    [["a"], "is a"],
    [["a", "b c", 5, null, true], 'is a, "b c", 5, null or true'],
    [["5", "true", ""], 'is "5", "true" or ""'],
    [[{ prefix: "user." }], "starts with user."],
    [[{ suffix: ".org" }], "ends with .org"],
    [[{ "equals-ignore-case": "a" }], "is a in any case"],
    [[{ wildcard: "a*" }], 'matches the pattern "a*"'],
    [[{ cidr: "10.0.0.0/24" }], "is an address in 10.0.0.0/24"],
    [[{ exists: true }], "is present"],
    [[{ exists: false }], "is absent"],
    [[{ numeric: ["=", 5] }], "equals 5"],
    [[{ numeric: [">", 0, "<=", 150] }], "is above 0 and is at most 150"],
    [[{ numeric: [">=", 1] }], "is at least 1"],
    [[{ numeric: ["<", 1] }], "is below 1"],
    [[{ "anything-but": "a" }], "is not a"],
    [[{ "anything-but": ["a", "b", "c"] }], "is not a, b or c"],
    [[{ "anything-but": [1, 2] }], "is not 1 or 2"],
    [[{ "anything-but": { prefix: ["a", "b"] } }], "does not start with a or b"],
    [[{ "anything-but": { wildcard: "*a" } }], 'does not match the pattern "*a"'],
    [[{ "anything-but": { "equals-ignore-case": "a" } }], "is not a in any case"],
    [[{ prefix: "a" }, "b", { exists: false }], "is b, starts with a or is absent"],
  ])("%j %s", (list, expected) => {
    expect(
      explain({ key: list }, "MessageAttributes", {
        attributes: { key: { DataType: "String.Array", StringValue: "none" } },
      }),
    ).toMatchObject([{ expected }]);
  });
});

describe("a rule in words", () => {
  test.each<[unknown, Scope, string]>([
    [{}, "MessageBody", "every message"],
    [seed, "MessageBody", 'type is user.signed_up and data.email does not end with "@example.com"'],
    [{ type: ["a", "b"] }, "MessageBody", "type is a or b"],
    [{ type: ["a", "b"], source: ["web"] }, "MessageBody", "(type is a or b) and source is web"],
    [{ type: ["a", { prefix: "b" }] }, "MessageBody", 'type is a or starts with "b"'],
    [{ type: ["a"] }, "MessageAttributes", "attribute type is a"],
    [{ $or: [{ a: ["x"] }, { b: ["y"], c: ["z"] }] }, "MessageBody", "a is x or (b is y and c is z)"],
    [{ $or: [{ a: ["x"] }, { b: ["y"] }], c: [5] }, "MessageBody", "(a is x or b is y) and c is 5"],
    [{ $or: [{ a: ["x", "y"] }, { b: ["y"] }] }, "MessageBody", "(a is x or y) or b is y"],
  ])("%j in %s: %s", (policy, scope, sentence) => {
    expect(describeRule(policy, scope)).toBe(sentence);
  });

  test("event types have their titles", () => {
    const typeTitles = { "user.signed_up": "a sign-up" };
    expect(
      describeRule({ type: ["user.signed_up", "constructor"], data: { type: ["user.signed_up"] } }, "MessageBody", {
        typeTitles,
      }),
    ).toBe("(type is a sign-up or constructor) and data.type is user.signed_up");
  });
});

test.each<[object, string]>([
  [{}, "Every event"],
  [{ type: [{ exists: false }] }, "No event, as every event has a type"],
  [{ type: ["user.signed_up", "user.logged_in"] }, "Sign-ups and log-ins"],
  [{ type: ["user.flew"] }, "user.flew events"],
  [
    { type: ["user.signed_up"], data: { email: [{ "anything-but": { suffix: "@example.com" } }] } },
    "Sign-ups whose email does not end with @example.com",
  ],
  [
    { data: { marketingConsent: [true], email: [{ suffix: ".dev" }, { suffix: ".org" }] } },
    "Events whose marketing consent is true and whose (email ends with .dev or ends with .org)",
  ],
  [
    { type: ["user.signed_up"], $or: [{ data: { name: ["Ada"] } }, { source: ["cli"] }] },
    "Sign-ups whose name is Ada or source is cli",
  ],
])("%j reads: %s", (policy, sentence) => {
  expect(describeEvents(policy, { "user.signed_up": "Sign-ups", "user.logged_in": "Log-ins" })).toBe(sentence);
});
