import { match, type Policy, validatePolicy } from "@eventfork/filter-policy";
import { anyPolicy } from "@eventfork/filter-policy/testing/generate";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { integrationNames, integrations } from "../../topology/index.ts";
import { fromEventPattern, maximumPatternLength, toEventPattern } from "./event-pattern.ts";
import { compilePattern, InvalidPattern, matchesPattern } from "./testing/event-ruler.ts";

const translate = (policy: object) => toEventPattern(policy as Policy);

describe("conditions of both languages are kept below detail", () => {
  test.each([
    [{ type: ["user.signed_up", { prefix: "order." }], subject: [null, ""] }],
    [
      {
        data: {
          email: [{ "anything-but": { suffix: ["@a.com", "@b.com"] } }],
          name: [{ "equals-ignore-case": "ada" }],
        },
      },
    ],
    [{ data: { plan: [{ wildcard: "pro-*" }, { "anything-but": ["free", "trial"] }], seats: [5, 10] } }],
    [{ data: { seats: [{ numeric: [">", 0, "<=", 5] }, { numeric: ["=", 7.5] }, { "anything-but": 3 }] } }],
    [
      {
        $or: [{ type: ["a"] }, { data: { $or: [{ ip: [{ cidr: "10.0.0.0/8" }] }, { coupon: [{ exists: false }] }] } }],
      },
    ],
  ])("%j", (policy) => {
    expect(translate(policy)).toEqual({ ok: true, pattern: { detail: policy } });
    expect(fromEventPattern(JSON.stringify({ detail: policy }))).toEqual(policy);
  });
});

test("a rule that matches everything becomes a pattern that is not empty, which EventBridge requires", () => {
  const translation = translate({});
  expect(translation).toEqual({ ok: true, pattern: { source: [{ prefix: "" }] } });
  expect(translation.ok && fromEventPattern(JSON.stringify(translation.pattern))).toEqual({});
});

test.each([
  [
    [">", 0],
    [">", 0, "<=", 1e9],
  ],
  [
    [">=", 0],
    [">=", 0, "<=", 1e9],
  ],
  [
    ["<", 5],
    [">=", -1e9, "<", 5],
  ],
  [
    ["<=", 5],
    [">=", -1e9, "<=", 5],
  ],
  [
    ["<=", -1e9],
    ["=", -1e9],
  ],
  [
    [">=", 1e9],
    ["=", 1e9],
  ],
])("the open range %j ends at SNS's largest number, not EventBridge's", (numeric, closed) => {
  expect(translate({ data: { n: [{ numeric }] } })).toEqual({
    ok: true,
    pattern: { detail: { data: { n: [{ numeric: closed }] } } },
  });
});

test.each<[string, object, string, RegExp]>([
  [
    "a field that exists",
    { data: { coupon: [{ exists: true }] } },
    "data.coupon[0].exists",
    /Write \[\{"anything-but":""\}\]/,
  ],
  ["a key with a dot", { "data.plan": ["pro"] }, '["data.plan"]', /Write \{"data":\{"plan":\["…"\]\}\}/],
  ["$or as a field's name", { data: { $or: ["x"] } }, "data.$or", /not as the name of a field/],
  ["a number with seven decimals", { data: { n: [0.1234567] } }, "data.n[0]", /more than 6 decimals/],
  [
    "a bound with seven decimals",
    { data: { n: [{ numeric: [">", 0.1234567] }] } },
    "data.n[0].numeric[1]",
    /more than 6 decimals/,
  ],
  [
    "an exclusion with nine decimals",
    { data: { n: [{ "anything-but": [1, 1e-9] }] } },
    "data.n[0].anything-but[1]",
    /more than 6/,
  ],
  [
    "a range with nothing in it",
    { data: { n: [{ numeric: ["<", -1e9] }] } },
    "data.n[0].numeric",
    /takes no empty range/,
  ],
  [
    "two conditions on one object",
    { data: { item: { sku: ["a"], price: [1] } } },
    "data.item",
    /one item that meets both/,
  ],
  [
    "the same across a $or",
    { data: { item: { sku: ["a"], $or: [{ price: [1] }, { sale: [true] }] } } },
    "data.item",
    /one item/,
  ],
  [
    "a pattern that is too long",
    { data: { id: Array.from({ length: 70 }, (_, i) => `a-rather-long-value-number-${i}`) } },
    "",
    /2048/,
  ],
])("%s is refused, with its path and an alternative", (_, policy, path, words) => {
  expect(validatePolicy(policy, "MessageBody")).toEqual([]);
  const translation = translate(policy);
  expect(translation).toEqual({
    ok: false,
    problems: [expect.objectContaining({ path, message: expect.stringMatching(words) })],
  });
});

test("all differences are reported together, each with its path", () => {
  const translation = translate({ type: [{ exists: true }], "a.b": [0.1234567] });
  const places = translation.ok ? [] : translation.problems.map(({ path }) => path);
  expect(places).toEqual(["type[0].exists", '["a.b"]', '["a.b"][0]']);
});

test("alternatives may test the same object, and fields of data itself may be tested together", () => {
  expect(translate({ data: { $or: [{ item: { sku: ["a"] } }, { item: { price: [1] } }] } }).ok).toBe(true);
  expect(translate({ data: { email: [{ suffix: "@a.com" }], marketingConsent: [true] } }).ok).toBe(true);
});

test("the replacement of exists means the same to both, except for null", () => {
  const policy = { data: { coupon: [{ "anything-but": "" }] } };
  const translation = translate(policy);
  const pattern = compilePattern(JSON.stringify(translation.ok && translation.pattern));
  for (const [coupon, isLetThrough] of [
    ["x", true],
    ["", false],
    [undefined, false],
    [null, true],
  ] as const) {
    const body = { type: "t", data: coupon === undefined ? {} : { coupon } };
    expect(match(policy, "MessageBody", { body })).toBe(isLetThrough);
    expect(matchesPattern(pattern, { detail: body })).toBe(isLetThrough);
  }
});

test("the first rule of each integration fits either fan-out", () => {
  for (const name of integrationNames) expect(translate(integrations[name].rule).ok, name).toBe(true);
});

const key = fc.constantFrom("a", "b", "c", "prefix", "constructor");
const leaf = fc.constantFrom<unknown>(
  ...["", "a", "b", "ab", "abc", "A", "10", "10.0.0.1", "10.0.1.1", "true", true, false, null],
  ...[-2e9, -1e9, -1.5, 0, 1, 9.999999, 10, 10.00001, 1e9, 1e9 + 1, 4.9e9, 1.7e12],
);
const body = fc.letrec<{ object: Record<string, unknown>; value: unknown }>((tie) => ({
  object: fc.dictionary(key, tie("value"), { minKeys: 1, maxKeys: 4, noNullPrototype: true }),
  value: fc.oneof(
    { maxDepth: 3 },
    { arbitrary: leaf, weight: 3 },
    fc.array(tie("value"), { maxLength: 3 }),
    tie("object"),
  ),
})).object;

const bit = fc.constantFrom(0, 1);
const bits = fc.record({ a: bit, b: bit });

const onItems = fc.oneof(
  bits.map(({ a, b }) => ({ c: { a: [a], b: [b] } })),
  bits.map(({ a, b }) => ({ c: { a: [a] }, $or: [{ c: { b: [b] } }, { c: { a: [b] } }] })),
  bits.map(({ a, b }) => ({ $or: [{ c: { a: [a] } }, { c: { b: [b] } }] })),
);
const items = fc.record({ c: fc.array(bits, { minLength: 1, maxLength: 3 }) });

test("EventBridge takes each pattern, and matches exactly what SNS matches by the policy it was made of", () => {
  const seen = { translated: 0, refused: 0, matched: 0 };
  const pairs = fc.oneof({ arbitrary: fc.tuple(anyPolicy, body), weight: 9 }, fc.tuple(onItems, items));
  const property = fc.property(pairs, fc.boolean(), ([drawn, inner], isData) => {
    const policy = isData ? { data: drawn } : drawn;
    if (Object.keys(drawn).length === 0 || validatePolicy(policy, "MessageBody").length > 0) return;
    const translation = translate(policy);
    seen[translation.ok ? "translated" : "refused"] += 1;
    if (!translation.ok) return;
    const envelope = isData ? { type: "t", data: inner } : inner;
    const isMatch = match(policy, "MessageBody", { body: envelope });
    seen.matched += isMatch ? 1 : 0;
    expect(matchesPattern(compilePattern(JSON.stringify(translation.pattern)), { source: "s", detail: envelope })).toBe(
      isMatch,
    );
    expect(
      toEventPattern(fromEventPattern(JSON.stringify(translation.pattern)) as Policy),
      "a pattern of ours means a policy",
    ).toEqual(translation);
  });
  fc.assert(property, { numRuns: 30_000 });
  expect(seen.translated).toBeGreaterThan(3_000);
  expect(seen.matched).toBeGreaterThan(200);
  expect(seen.refused).toBeGreaterThan(300);
});

test.each([
  ["{}"],
  ['{"detail":{}}'],
  ['{"detail":"x"}'],
  ['{"detail":{"a":[]}}'],
  ['{"detail":{"a":[{"sounds-like":"x"}]}}'],
  ['{"detail":{"a":[{"numeric":[">",5,"<",1]}]}}'],
  [JSON.stringify({ detail: { a: ["x".repeat(maximumPatternLength)] } })],
])("the oracle refuses pattern %# as EventBridge does", (text) => {
  expect(() => compilePattern(text)).toThrow(InvalidPattern);
});
