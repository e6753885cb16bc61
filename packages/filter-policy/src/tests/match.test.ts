import { describe, expect, test } from "vitest";
import { compile, InvalidPolicyError, type MessageAttributes, match, matches } from "../index.ts";

type Case = [key: unknown, value: unknown, isMatch: boolean, source: string];

const strings = "string-value-matching";
const numbers = "numeric-value-matching";
const keys = "attribute-key-matching";
const logic = "and-or-logic";
const constraints = "subscription-filter-policy-constraints";
const ruler = "aws/event-ruler";

const nothing = Symbol("no such key");

const cases: Case[] = [
  [["rugby", "tennis"], "tennis", true, strings],
  [["rugby"], "Rugby", false, constraints],
  [["rugby"], ["tennis", "rugby"], true, strings],
  [
    ["rugby"],
    [["tennis"], ["rugby"]],
    true,
    "LocalStack test_filter_policy_on_message_body_array_of_object_attributes",
  ],
  [["rugby"], { rugby: "rugby" }, false, keys],
  [["rugby"], nothing, false, strings],
  [[""], "", true, ruler],
  [[100], 100, true, numbers],
  [[100], 100.0, true, numbers],
  [[100], "100", false, "moto test_filtering_exact_number_with_string_no_match"],
  [["100"], 100, false, ruler],
  [[100.123456789], 100.1234567, true, "moto test_filtering_exact_number_float_accuracy"],
  [[100.123456789], 100.1234561, true, "moto test_filtering_exact_number_float_accuracy"],
  [[100.12345], 100.12346, false, constraints],
  [[1_000_000_000], 1_000_000_000, true, constraints],
  [[1_000_000_000], 1_000_000_001, false, "aws/event-ruler ComparableNumber: beyond the range nothing is compared"],
  [[true], true, true, constraints],
  [[true], "true", false, ruler],
  [[true], 1, false, ruler],
  [[false], false, true, constraints],
  [[null], null, true, constraints],
  [[null], nothing, false, "LocalStack test_filter_policy, recorded"],
  [[null], "null", false, ruler],

  [[{ prefix: "bas" }], "basketball", true, strings],
  [[{ prefix: "bas" }], "rugby", false, strings],
  [[{ prefix: "Bas" }], "basketball", false, constraints],
  [[{ prefix: "1" }], 100, false, numbers],
  [[{ prefix: "" }], "anything", true, ruler],
  [[{ prefix: "bas" }], ["rugby", "baseball"], true, strings],
  [[{ prefix: "bas" }], nothing, false, strings],
  [[{ suffix: "ball" }], "baseball", true, strings],
  [[{ suffix: "ball" }], "balls", false, strings],
  [[{ suffix: "0" }], 100, false, numbers],
  [[{ "equals-ignore-case": "tennis" }], "TeNnis", true, strings],
  [[{ "equals-ignore-case": "tennis" }], "tenis", false, strings],
  [[{ wildcard: "*ball" }], "baseball", true, strings],
  [[{ wildcard: "*ball" }], "balls", false, strings],
  [[{ wildcard: "*/src/*.js" }], "app/src/index.js", true, strings],
  [[{ wildcard: "*" }], "", true, strings],
  [[{ wildcard: "*" }], 5, false, ruler],
  [[{ wildcard: "a\\*b" }], "a*b", true, ruler],
  [[{ wildcard: "a\\*b" }], "axb", false, ruler],
  [[{ cidr: "10.0.0.0/24" }], "10.0.0.255", true, strings],
  [[{ cidr: "10.0.0.0/24" }], "10.1.1.0", false, strings],
  [[{ cidr: "10.0.0.0/24" }], "10.0.0.256", false, "LocalStack test_filter_policy"],
  [[{ cidr: "2001:db8::/32" }], "2001:DB8:1::5", true, ruler],
  [[{ cidr: "10.0.0.0/24" }], "somewhere", false, strings],

  [[{ numeric: ["=", 301.5] }], 3.015e2, true, numbers],
  [[{ numeric: ["=", 301.5] }], "301.5", false, ruler],
  [[{ numeric: ["<", 0] }], -0.00001, true, numbers],
  [[{ numeric: ["<", 0] }], 0, false, numbers],
  [[{ numeric: ["<=", 0] }], 0, true, numbers],
  [[{ numeric: [">", 0] }], 0, false, numbers],
  [[{ numeric: [">=", 0] }], 0, true, numbers],
  [[{ numeric: [">", 0, "<=", 150] }], 150, true, numbers],
  [[{ numeric: [">", 0, "<=", 150] }], 0, false, numbers],
  [
    [{ numeric: [">", 0] }],
    2_000_000_000,
    false,
    "aws/event-ruler ComparableNumber: beyond the range nothing is compared",
  ],
  [[{ numeric: [">", 0] }], true, false, ruler],
  [[{ numeric: [">", 0] }], [-1, 1], true, numbers],

  [[{ "anything-but": "rugby" }], "football", true, strings],
  [[{ "anything-but": "rugby" }], "rugby", false, strings],
  [[{ "anything-but": ["rugby", "tennis"] }], ["rugby", "baseball"], true, strings],
  [[{ "anything-but": ["rugby", "tennis"] }], ["rugby"], false, strings],
  [[{ "anything-but": "rugby" }], nothing, false, "LocalStack test_filter_policy, recorded"],
  [[{ "anything-but": "rugby" }], [], false, ruler],
  [[{ "anything-but": "rugby" }], 5, true, strings],
  [[{ "anything-but": "rugby" }], null, true, ruler],
  [[{ "anything-but": [100, 500] }], 100.1, true, numbers],
  [[{ "anything-but": [100, 500] }], 100, false, numbers],
  [[{ "anything-but": [100, 500] }], [100, 50], true, numbers],
  [[{ "anything-but": ["100"] }], 100, true, "moto test_filtering_anything_but_numeric_string_message_body"],
  [[{ "anything-but": 100 }], "100", true, ruler],
  [[{ "anything-but": { prefix: "bas" } }], "rugby", true, strings],
  [[{ "anything-but": { prefix: "bas" } }], "baseball", false, strings],
  [[{ "anything-but": { prefix: ["bas", "rug"] } }], "rugby", false, ruler],
  [[{ "anything-but": { suffix: "@example.com" } }], "ada@example.org", true, ruler],
  [[{ "anything-but": { suffix: "@example.com" } }], "ada@example.com", false, ruler],
  [[{ "anything-but": { suffix: "@example.com" } }], nothing, false, ruler],
  [[{ "anything-but": { "equals-ignore-case": "tennis" } }], "TENNIS", false, ruler],
  [[{ "anything-but": { "equals-ignore-case": ["tennis", "golf"] } }], "rugby", true, ruler],
  [[{ "anything-but": { wildcard: "*ball" } }], "baseball", false, strings],
  [[{ "anything-but": { wildcard: "*ball" } }], "rugby", true, strings],
  [[{ "anything-but": { wildcard: "*ball" } }], 5, true, ruler],
  [[{ "anything-but": "a" }, { "anything-but": "b" }], "b", true, "LocalStack test_filter_policy"],

  [[{ exists: true }], "fans", true, keys],
  [[{ exists: true }], false, true, keys],
  [[{ exists: true }], 0, true, keys],
  [[{ exists: true }], null, false, keys],
  [[{ exists: true }], "", false, keys],
  [[{ exists: true }], [], false, keys],
  [[{ exists: true }], [null], false, keys],
  [[{ exists: true }], [null, "fans"], true, keys],
  [[{ exists: true }], { name: "fans" }, false, keys],
  [[{ exists: true }], nothing, false, keys],
  [[{ exists: false }], nothing, true, keys],
  [[{ exists: false }], "fans", false, keys],
  [[{ exists: false }], null, false, keys],
  [[{ exists: false }], "", false, keys],
  [[{ exists: false }], [], true, ruler],
  [[{ exists: false }], { name: "fans" }, true, keys],
  [[{ exists: false }, "fans"], "fans", true, logic],
];

describe("one key of a body", () => {
  test.each(cases)("%j on %j is %s (%s)", (list, value, isMatch) => {
    const body = value === nothing ? { other: 1 } : { key: value, other: 1 };
    expect(match({ key: list }, "MessageBody", { body })).toBe(isMatch);
  });
});

describe("bodies", () => {
  const policy = { type: ["a"] };
  test.each([
    ["an object", { type: "a" }, true],
    ["its text", '{"type":"a"}', true],
    ["a list", [{ type: "a" }], false],
    ["a list's text", '[{"type":"a"}]', false],
    ["text that is not JSON", "type a", false],
    ["a JSON string", '"type"', false],
    ["null", null, false],
    ["nothing", undefined, false],
  ])("%s", (_, body, isMatch) => {
    expect(match(policy, "MessageBody", { body })).toBe(isMatch);
  });

  test("an empty policy matches everything, also invalid JSON", () => {
    expect(match({}, "MessageBody", { body: "plain" })).toBe(true);
    expect(match({}, "MessageAttributes", {})).toBe(true);
  });

  test("exists:false needs a message with at least one key (attribute-key-matching)", () => {
    expect(match({ type: [{ exists: false }] }, "MessageBody", { body: {} })).toBe(false);
    expect(match({ type: [{ exists: false }] }, "MessageAttributes", {})).toBe(false);
  });

  test("the attributes do not matter in the scope MessageBody, nor the body in MessageAttributes", () => {
    const attributes = { type: { DataType: "String", StringValue: "a" } };
    expect(match(policy, "MessageBody", { body: {}, attributes })).toBe(false);
    expect(match(policy, "MessageAttributes", { body: { type: "a" } })).toBe(false);
  });
});

describe("nesting, recorded against AWS in LocalStack's test_filter_policy_on_message_body_dot_attribute and _array_of_object_attributes", () => {
  test.each([
    [{ object: { nested: { test: "x" } } }],
    [{ "object.nested.test": "x" }],
    [{ "object.nested": { test: "x" } }],
    [{ object: { "nested.test": "x" } }],
    [{ object: [{ nested: [[{ test: ["y", "x"] }]] }] }],
    [{ object: { nested: { test: "y" } }, "object.nested.test": "x" }],
  ])("keys and dots are one: %j", (body) => {
    for (const policy of [
      { "object.nested.test": ["x"] },
      { object: { nested: { test: ["x"] } } },
      { object: { "nested.test": ["x"] } },
    ]) {
      expect(match(policy, "MessageBody", { body })).toBe(true);
    }
  });

  test.each([
    [{ object: { nested: "x" } }],
    [{ object: { nested: { test: { x: "x" } } } }],
    [{ nested: { test: "x" } }],
    [{ "object.nestedtest": "x" }],
    [{ objec: { ".nested.test": "x" } }],
  ])("missing: %j", (body) => {
    expect(match({ object: { nested: { test: ["x"] } } }, "MessageBody", { body })).toBe(false);
  });

  test("every key must match, each in any element of a list", () => {
    const policy = {
      Records: { eventName: [{ prefix: "ObjectCreated:" }], s3: { object: { key: [{ prefix: "auto-" }] } } },
    };
    const record = (eventName: string, key: string) => ({ eventName, s3: { object: { key } } });
    const matchRecords = (...Records: unknown[]) => match(policy, "MessageBody", { body: { Records } });
    expect(matchRecords(record("ObjectCreated:Put", "auto-1"), record("ObjectRemoved:Delete", "home-1"))).toBe(true);
    expect(matchRecords(record("ObjectCreated:Put", "home-1"))).toBe(false);
    expect(matchRecords(record("ObjectRemoved:Delete", "auto-1"))).toBe(false);
  });
});

describe("$or (and-or-logic)", () => {
  const standard = {
    source: ["aws.cloudwatch"],
    $or: [{ metricName: ["CPUUtilization"] }, { namespace: ["AWS/EC2"], scope: ["Service"] }],
  };
  test.each([
    [{ source: "aws.cloudwatch", metricName: "CPUUtilization" }, true],
    [{ source: "aws.cloudwatch", namespace: "AWS/EC2", scope: "Service" }, true],
    [{ source: "aws.cloudwatch", namespace: "AWS/EC2" }, false],
    [{ source: "aws.cloudwatch" }, false],
    [{ metricName: "CPUUtilization" }, false],
  ])("%j is %s", (body, isMatch) => {
    expect(match(standard, "MessageBody", { body })).toBe(isMatch);
  });

  test("is allowed at any level, also inside another $or", () => {
    const policy = { detail: { $or: [{ a: ["1"] }, { b: ["2"], $or: [{ c: ["3"] }, { d: { e: ["4"] } }] }] } };
    expect(match(policy, "MessageBody", { body: { detail: { a: "1" } } })).toBe(true);
    expect(match(policy, "MessageBody", { body: { detail: { b: "2", d: { e: "4" } } } })).toBe(true);
    expect(match(policy, "MessageBody", { body: { detail: { b: "2" } } })).toBe(false);
    expect(match(policy, "MessageBody", { body: { a: "1" } })).toBe(false);
  });

  test.each([
    [{ $or: ["a", "b"] }, { $or: "b" }],
    [{ $or: [{ prefix: "a" }, { suffix: "b" }] }, { $or: "b" }],
    [{ $or: [{ exists: true }] }, { $or: "b" }],
    [{ $or: { a: ["x"] } }, { $or: { a: "x" } }],
  ])("is a key like any other without two objects of ordinary names: %j", (policy, body) => {
    expect(match(policy, "MessageBody", { body })).toBe(true);
    expect(match(policy, "MessageBody", { body: { a: "x" } })).toBe(false);
  });
});

describe("message attributes", () => {
  const on = (DataType: string, StringValue?: string): MessageAttributes => ({
    key: StringValue === undefined ? { DataType, BinaryValue: "AQID" } : { DataType, StringValue },
    other: { DataType: "String", StringValue: "x" },
  });
  test.each<[unknown[], MessageAttributes, boolean, string]>([
    [["rugby"], on("String", "rugby"), true, strings],
    [["rugby"], on("String.Array", '["tennis","rugby"]'), true, strings],
    [["rugby"], on("String.Array", '["tennis"]'), false, strings],
    [["rugby"], on("String.Array", "rugby"), false, "moto test_filtering_string_array_with_string_no_array_no_match"],
    [["rugby"], on("String.Array", "['rugby']"), false, "LocalStack test_filter_policy"],
    [[{ "anything-but": "rugby" }], on("String.Array", "['rugby']"), false, "LocalStack SubscriptionFilter"],
    [[{ exists: false }], on("String.Array", "['rugby']"), false, "LocalStack SubscriptionFilter"],
    [[true, null], on("String.Array", "[true]"), true, "LocalStack test_filter_policy"],
    [[null], on("String.Array", "[null]"), true, ruler],
    [[500], on("String.Array", "[100,500]"), true, "moto test_filtering_string_array_with_number_match"],
    [[{ "anything-but": [100, 500] }], on("Number.Array", "[100,50]"), true, numbers],
    [[{ exists: true }], on("String.Array", "[]"), false, keys],
    [[100], on("Number", "100"), true, numbers],
    [[{ numeric: ["=", 301.5] }], on("Number", "3.015e2"), true, numbers],
    [["100"], on("Number", "100"), false, ruler],
    [[100], on("String", "100"), false, "moto test_filtering_exact_number_with_string_no_match"],
    [[true], on("String", "true"), false, ruler],
    [[{ numeric: [">", 0] }], on("Number", "many"), false, ruler],
    [[0], on("Number", ""), false, ruler],
    [[5], on("Number.int", "5"), true, ruler],
    [[{ exists: true }], on("Binary"), false, constraints],
    [[{ exists: false }], on("Binary"), true, constraints],
    [["x"], { "key.x": { DataType: "String", StringValue: "x" } }, false, ruler],
  ])("%j on %j is %s (%s)", (list, attributes, isMatch) => {
    expect(match({ key: list }, "MessageAttributes", { attributes })).toBe(isMatch);
  });

  test("a message with Binary attributes only has none (subscription-filter-policy-constraints)", () => {
    const attributes = { photo: { DataType: "Binary", BinaryValue: "AQID" } };
    expect(match({ key: [{ exists: false }] }, "MessageAttributes", { attributes })).toBe(false);
  });

  test("a dot in an attribute's name is no path", () => {
    expect(
      match({ "a.b": ["x"] }, "MessageAttributes", { attributes: { "a.b": { DataType: "String", StringValue: "x" } } }),
    ).toBe(true);
  });
});

test("a policy that SNS would refuse is not compiled, and every reason is given", () => {
  expect(() => compile({ a: [], b: "c" }, "MessageBody")).toThrow(InvalidPolicyError);
  expect(() => compile({ a: [], b: "c" }, "MessageBody")).toThrow(/^a: .+ b: /);
});

test("a compiled rule serves many messages", () => {
  const rule = compile({ type: ["a"] }, "MessageBody");
  expect(["a", "b", "a"].map((type) => matches(rule, { body: { type } }))).toEqual([true, false, true]);
});
