import { describe, expect, test } from "vitest";
import { LIMITS, type ProblemCode, type Scope, validatePolicy } from "../index.ts";

const list = (length: number) => Array.from({ length }, (_, index) => `value${index}`);
const wildcards = (length: number, pattern = "a*") =>
  Array.from({ length }, (_, index) => ({ wildcard: `${index}${pattern}` }));
const keys = (length: number) => Object.fromEntries(list(length).map((key) => [key, ["x"]]));
const nest = (levels: number): unknown => (levels === 0 ? ["x"] : { a: nest(levels - 1) });
const nestChoices = (levels: number): object =>
  levels === 0 ? { a: ["x"] } : { $or: [{ b: ["x"] }, nestChoices(levels - 1)] };

const constraints = "subscription-filter-policy-constraints";
const recordedComplexity = "LocalStack test_policy_complexity, recorded";
const recordedChoices = "LocalStack test_policy_complexity_with_or, recorded";
const recordedNumeric = "LocalStack test_validate_policy_numeric_operator, recorded";
const recordedText = "LocalStack test_validate_policy_string_operators, recorded";
const recordedExclusion = "LocalStack test_validate_policy_nested_anything_but_operator, recorded";
// LocalStack saw AWS accept this number in 2024; AWS's page and moto refuse it.
const recordedNumber = "subscription-filter-policy-constraints; moto test_subscribe_invalid_filter_policy";
const ruler = "aws/event-ruler JsonRuleCompiler";
const wildcardPoints = "subscription-filter-policy-constraints, since July 2025";

const choices = (spaceIds: number, sources: number) => ({
  source: list(sources),
  $or: [
    { metricName: list(6) },
    { metricType: list(4), $or: [{ metricId: [1234, 4321, 5678, 9012] }, { spaceId: list(spaceIds) }] },
  ],
});

describe("accepted", () => {
  test.each<[string, unknown, Scope, string]>([
    ["the empty policy", {}, "MessageBody", "sns/latest/dg/message-filtering-apply: {} removes a policy"],
    ["every kind of literal", { a: ["x", 1, -1.5, true, false, null, ""] }, "MessageBody", constraints],
    ["5 keys", keys(5), "MessageAttributes", constraints],
    ["5 keys with many below them", { ...keys(4), data: { a: ["x"], b: ["x"], c: ["x"] } }, "MessageBody", constraints],
    ["150 values", { a: list(150) }, "MessageAttributes", constraints],
    ["150 combinations over alternatives", choices(7, 3), "MessageAttributes", recordedChoices],
    ["72 combinations by depth", { a: { b: { c: list(4) } }, d: { e: list(3) } }, "MessageBody", constraints],
    ["150 alternatives in one another", nestChoices(149), "MessageBody", recordedChoices],
    ["150 levels", nest(150), "MessageBody", constraints],
    ["$or as a key", { $or: ["a"] }, "MessageAttributes", "and-or-logic"],
    [
      "$or as a key with operators",
      { $or: [{ prefix: "a" }, { numeric: ["=", 1] }] },
      "MessageAttributes",
      "and-or-logic",
    ],
    ["the same path in two alternatives", { $or: [{ a: ["x"] }, { a: ["y"], b: ["z"] }] }, "MessageBody", ruler],
    ["the greatest numbers", { a: [{ numeric: [">=", -1e9, "<=", 1e9] }] }, "MessageBody", constraints],
    ["3 wildcards in a pattern", { a: [{ wildcard: "*a*b*" }] }, "MessageBody", wildcardPoints],
    ["100 points in one key", { a: wildcards(10) }, "MessageBody", wildcardPoints],
    ["100 points over two keys", { a: wildcards(8), b: wildcards(6) }, "MessageBody", wildcardPoints],
    [
      "anything-but with each operator",
      {
        a: ["prefix", "suffix", "equals-ignore-case", "wildcard"].map((name) => ({ "anything-but": { [name]: "x" } })),
      },
      "MessageBody",
      ruler,
    ],
    ["an IPv6 network", { a: [{ cidr: "2001:db8::/32" }] }, "MessageAttributes", "string-value-matching"],
    ["__proto__ as a key", JSON.parse('{"__proto__":["x"]}'), "MessageBody", "JSON"],
  ])("%s", (_, policy, scope) => {
    expect(validatePolicy(policy, scope)).toEqual([]);
  });
});

describe("refused as a whole", () => {
  test.each<[string, unknown, Scope, ProblemCode, string]>([
    ["6 keys in a body", keys(6), "MessageBody", "too-many-keys", recordedComplexity],
    ["6 attributes", keys(6), "MessageAttributes", "too-many-keys", recordedComplexity],
    ["151 values", { a: list(151) }, "MessageAttributes", "too-complex", recordedComplexity],
    ["5100 combinations", { a: list(100), b: list(51) }, "MessageAttributes", "too-complex", recordedComplexity],
    [
      "216 combinations by depth",
      { a: { b: { c: list(4) } }, d: { e: list(3) }, f: list(3) },
      "MessageBody",
      "too-complex",
      "LocalStack test_sub_filter_policy_nested_property_constraints, recorded",
    ],
    ["152 combinations over alternatives", choices(4, 4), "MessageAttributes", "too-complex", recordedChoices],
    [
      "160 combinations over nested alternatives",
      {
        $or: [{ metricName: list(3) }, { namespace: list(2) }],
        detail: { scope: list(2), $or: [{ source: list(1) }, { type: list(3) }] },
      },
      "MessageBody",
      "too-complex",
      recordedChoices,
    ],
    ["151 levels", nest(151), "MessageBody", "too-complex", constraints],
    ["151 alternatives in one another", nestChoices(150), "MessageBody", "too-complex", recordedChoices],
    ["more than 256 KB", { a: ["x".repeat(LIMITS.bytes)] }, "MessageBody", "too-large", constraints],
    ["more than 256 KB in UTF-8", { a: ["é".repeat(LIMITS.bytes / 2)] }, "MessageBody", "too-large", constraints],
    ["121 points in one key", { a: wildcards(11) }, "MessageBody", "too-many-wildcards", wildcardPoints],
    [
      "101 points over two keys",
      { a: wildcards(10), b: wildcards(1) },
      "MessageBody",
      "too-many-wildcards",
      wildcardPoints,
    ],
    [
      "150 points of two wildcards each",
      { a: wildcards(5, "a*b*") },
      "MessageBody",
      "too-many-wildcards",
      wildcardPoints,
    ],
  ])("%s", (_, policy, scope, code) => {
    expect(validatePolicy(policy, scope)).toEqual([{ path: "", code, message: expect.stringMatching(/\.$/) }]);
  });
});

describe("refused in a part, with the place and the code", () => {
  test.each<[unknown, Scope, string, ProblemCode, string]>([
    [null, "MessageBody", "", "not-an-object", ruler],
    [[], "MessageBody", "", "not-an-object", ruler],
    ["{}", "MessageBody", "", "not-an-object", ruler],
    [
      { a: "x" },
      "MessageBody",
      "a",
      "not-a-list",
      "LocalStack test_sub_filter_policy_nested_property_constraints, recorded",
    ],
    [{ a: 5 }, "MessageAttributes", "a", "not-a-list", ruler],
    [{ a: null }, "MessageBody", "a", "not-a-list", ruler],
    [{ a: undefined }, "MessageBody", "a", "not-a-list", ruler],
    [{ a: { suffix: "x" } }, "MessageBody", "a.suffix", "not-a-list", recordedText],
    [{ a: { suffix: "x" } }, "MessageAttributes", "a", "nested", recordedText],
    [
      { a: { b: ["x"] } },
      "MessageAttributes",
      "a",
      "nested",
      "LocalStack test_sub_filter_policy_nested_property, recorded",
    ],
    [{ a: {} }, "MessageBody", "a", "empty-object", ruler],
    [{ a: { b: {} } }, "MessageBody", "a.b", "empty-object", ruler],
    [{ a: [] }, "MessageBody", "a", "empty-list", ruler],
    [{ "a.b": [] }, "MessageBody", '["a.b"]', "empty-list", ruler],
    [{ a: { "b c": { d: [] } } }, "MessageBody", 'a["b c"].d', "empty-list", ruler],
    [{ a: [["x"]] }, "MessageAttributes", "a[0]", "bad-value", "LocalStack test_validate_policy, recorded"],
    [{ a: ["x", {}] }, "MessageBody", "a[1]", "empty-object", ruler],
    [
      { a: [{ prefix: "x", suffix: "y" }] },
      "MessageBody",
      "a[0]",
      "one-operator",
      "LocalStack test_validate_policy, recorded",
    ],
    [
      { a: [{ "wrong-operator": true }] },
      "MessageBody",
      "a[0].wrong-operator",
      "unknown-operator",
      "LocalStack test_validate_policy, recorded",
    ],
    [{ a: [{ constructor: "x" }] }, "MessageBody", "a[0].constructor", "unknown-operator", ruler],
    [{ a: [JSON.parse('{"__proto__":"x"}')] }, "MessageBody", "a[0].__proto__", "unknown-operator", ruler],
    [{ a: [Number.POSITIVE_INFINITY] }, "MessageBody", "a[0]", "out-of-range", "JSON"],
    [{ a: [1000000001] }, "MessageBody", "a[0]", "out-of-range", recordedNumber],
    [{ a: { b: ["x"] }, "a.b": ["y"] }, "MessageBody", '["a.b"]', "duplicate-path", ruler],
    [{ a: ["x"], $or: [{ a: ["y"] }, { b: ["z"] }] }, "MessageBody", "$or[0].a", "duplicate-path", ruler],
    [{ $or: [{ a: ["y"] }, { b: ["z"] }], b: ["x"] }, "MessageBody", "b", "duplicate-path", ruler],

    [{ $or: [] }, "MessageBody", "$or", "empty-list", "and-or-logic"],
    [{ $or: [{ a: ["x"] }] }, "MessageBody", "$or[0].a", "unknown-operator", "and-or-logic"],
    [{ $or: [{ a: ["x"] }, {}] }, "MessageBody", "$or[1]", "empty-object", ruler],
    [{ $or: [{ a: ["x"] }, { b: [] }] }, "MessageBody", "$or[1].b", "empty-list", ruler],
    [{ $or: [{ numeric: 123 }, { prefix: "abc" }] }, "MessageBody", "$or[0].numeric", "bad-argument", "and-or-logic"],
    [{ $or: [{ a: { b: ["x"] } }, { c: ["x"] }] }, "MessageAttributes", "$or[0].a", "nested", constraints],

    [{ a: [{ prefix: 1 }] }, "MessageBody", "a[0].prefix", "bad-argument", ruler],
    [{ a: [{ suffix: 100 }] }, "MessageAttributes", "a[0].suffix", "bad-argument", recordedText],
    [{ a: [{ suffix: null }] }, "MessageAttributes", "a[0].suffix", "bad-argument", recordedText],
    [{ a: [{ suffix: [] }] }, "MessageAttributes", "a[0].suffix", "bad-argument", recordedText],
    [{ a: [{ suffix: ["x", "y"] }] }, "MessageAttributes", "a[0].suffix", "bad-argument", recordedText],
    [{ a: [{ "equals-ignore-case": true }] }, "MessageBody", "a[0].equals-ignore-case", "bad-argument", ruler],
    [{ a: [{ wildcard: 5 }] }, "MessageBody", "a[0].wildcard", "bad-argument", ruler],
    [{ a: [{ wildcard: "a**b" }] }, "MessageBody", "a[0].wildcard", "bad-argument", "aws/event-ruler WildcardParser"],
    [{ a: [{ wildcard: "a\\b" }] }, "MessageBody", "a[0].wildcard", "bad-argument", "aws/event-ruler WildcardParser"],
    [{ a: [{ wildcard: "a*b*c*d*" }] }, "MessageBody", "a[0].wildcard", "too-many-wildcards", wildcardPoints],
    [
      { a: [{ "anything-but": { wildcard: "a*b*c*d*" } }] },
      "MessageBody",
      "a[0].anything-but.wildcard",
      "too-many-wildcards",
      wildcardPoints,
    ],
    [
      { a: [{ exists: null }] },
      "MessageBody",
      "a[0].exists",
      "bad-argument",
      "LocalStack test_validate_policy_exists_operator, recorded",
    ],
    [
      { a: [{ exists: "no" }] },
      "MessageBody",
      "a[0].exists",
      "bad-argument",
      "LocalStack test_validate_policy_exists_operator, recorded",
    ],

    [{ a: [{ numeric: 5 }] }, "MessageBody", "a[0].numeric", "bad-argument", ruler],
    [{ a: [{ numeric: [] }] }, "MessageBody", "a[0].numeric[0]", "bad-argument", recordedNumeric],
    [{ a: [{ numeric: ["operator"] }] }, "MessageBody", "a[0].numeric[0]", "bad-argument", recordedNumeric],
    [{ a: [{ numeric: [1, "<="] }] }, "MessageBody", "a[0].numeric[0]", "bad-argument", recordedNumeric],
    [{ a: [{ numeric: ["=", "000"] }] }, "MessageBody", "a[0].numeric[1]", "bad-argument", recordedNumeric],
    [{ a: [{ numeric: [">="] }] }, "MessageBody", "a[0].numeric[1]", "bad-argument", recordedNumeric],
    [{ a: [{ numeric: ["<", 100, ">", 10] }] }, "MessageBody", "a[0].numeric[2]", "bad-argument", recordedNumeric],
    [{ a: [{ numeric: [">=", 1, ">", 2] }] }, "MessageBody", "a[0].numeric[2]", "bad-argument", recordedNumeric],
    [{ a: [{ numeric: [">", 3, "<", 1] }] }, "MessageBody", "a[0].numeric[3]", "bad-argument", recordedNumeric],
    [
      { a: [{ numeric: [">=", 1, "<=", 1] }] },
      "MessageBody",
      "a[0].numeric[3]",
      "bad-argument",
      "aws/event-ruler Range",
    ],
    [{ a: [{ numeric: [">", 20, "<="] }] }, "MessageBody", "a[0].numeric[3]", "bad-argument", recordedNumeric],
    [{ a: [{ numeric: [">", 20, 30] }] }, "MessageBody", "a[0].numeric[2]", "bad-argument", recordedNumeric],
    [
      { a: [{ numeric: [">", 20, "<", 30, "<", 50] }] },
      "MessageBody",
      "a[0].numeric[4]",
      "bad-argument",
      recordedNumeric,
    ],
    [{ a: [{ numeric: ["=", 1e9 + 1] }] }, "MessageBody", "a[0].numeric[1]", "out-of-range", constraints],
    [{ a: [{ numeric: [">", 0, "<", 2e9] }] }, "MessageBody", "a[0].numeric[3]", "out-of-range", constraints],

    [{ a: [{ cidr: ["bad"] }] }, "MessageBody", "a[0].cidr", "bad-argument", recordedText],
    [{ a: [{ cidr: "bad-filter" }] }, "MessageBody", "a[0].cidr", "bad-argument", recordedText],
    [{ a: [{ cidr: "xxxx:db8:1234:1a00::/64" }] }, "MessageBody", "a[0].cidr", "bad-argument", recordedText],
    [{ a: [{ cidr: "10.0.0.0/x" }] }, "MessageBody", "a[0].cidr", "bad-argument", "aws/event-ruler CIDR"],
    [{ a: [{ cidr: "10.0.0.0/32" }] }, "MessageBody", "a[0].cidr", "bad-argument", "aws/event-ruler CIDR"],
    [{ a: [{ cidr: "10.0.0.256/8" }] }, "MessageBody", "a[0].cidr", "bad-argument", "aws/event-ruler CIDR"],

    [{ a: [{ "anything-but": [] }] }, "MessageBody", "a[0].anything-but", "empty-list", ruler],
    [{ a: [{ "anything-but": true }] }, "MessageBody", "a[0].anything-but", "bad-argument", ruler],
    [{ a: [{ "anything-but": null }] }, "MessageBody", "a[0].anything-but", "bad-argument", ruler],
    [{ a: [{ "anything-but": ["x", 5] }] }, "MessageBody", "a[0].anything-but", "bad-argument", ruler],
    [{ a: [{ "anything-but": ["x", null] }] }, "MessageBody", "a[0].anything-but", "bad-argument", ruler],
    [{ a: [{ "anything-but": [2e9] }] }, "MessageBody", "a[0].anything-but", "out-of-range", ruler],
    [{ a: [{ "anything-but": {} }] }, "MessageBody", "a[0].anything-but", "one-operator", ruler],
    [
      { a: [{ "anything-but": { prefix: "x", suffix: "y" } }] },
      "MessageBody",
      "a[0].anything-but",
      "one-operator",
      ruler,
    ],
    [
      { a: [{ "anything-but": { exists: false } }] },
      "MessageBody",
      "a[0].anything-but.exists",
      "unknown-operator",
      recordedExclusion,
    ],
    [
      { a: [{ "anything-but": { "wrong-operator": null } }] },
      "MessageBody",
      "a[0].anything-but.wrong-operator",
      "unknown-operator",
      recordedExclusion,
    ],
    [
      { a: [{ "anything-but": { prefix: false } }] },
      "MessageBody",
      "a[0].anything-but.prefix",
      "bad-argument",
      recordedExclusion,
    ],
    [{ a: [{ "anything-but": { prefix: "" } }] }, "MessageBody", "a[0].anything-but.prefix", "bad-argument", ruler],
    [{ a: [{ "anything-but": { suffix: [] } }] }, "MessageBody", "a[0].anything-but.suffix", "bad-argument", ruler],
  ])("%j in %s: %s %s (%s)", (policy, scope, path, code) => {
    expect(validatePolicy(policy, scope)).toEqual([{ path, code, message: expect.stringMatching(/\.$/) }]);
  });
});

test("all problems of the parts are found in one pass", () => {
  const problems = validatePolicy({ a: [], b: [{ prefix: 1 }, { nope: 1 }], c: { d: "x" } }, "MessageBody");
  expect(problems.map(({ path }) => path)).toEqual(["a", "b[0].prefix", "b[1].nope", "c.d"]);
});

test("a message has the fault, the value, the limit and the remedy", () => {
  expect(validatePolicy({ a: list(151) }, "MessageBody")[0]?.message).toMatch(/151 combinations.*allows 150.*Shorten/);
  expect(validatePolicy({ store: { exists: true } }, "MessageBody")[0]?.message).toContain('[{"exists":true}]');
  expect(validatePolicy({ store: "fans" }, "MessageBody")[0]?.message).toContain('Write ["fans"]');
});

test("a policy nested beyond any limit is refused, not a crash", () => {
  let deep: unknown = ["x"];
  for (let level = 0; level < 10_000; level += 1) deep = { a: deep };
  let wide: unknown = "x";
  for (let level = 0; level < 10_000; level += 1) wide = [wide];
  let choices: unknown = { a: ["x"] };
  for (let level = 0; level < 10_000; level += 1) choices = { $or: [{ b: ["x"] }, choices] };
  expect(validatePolicy(deep, "MessageBody").map(({ code }) => code)).toEqual(["too-complex"]);
  expect(validatePolicy({ a: wide }, "MessageBody").map(({ code }) => code)).toEqual(["bad-value"]);
  expect(validatePolicy(choices, "MessageBody").map(({ code }) => code)).toContain("too-complex");
});
