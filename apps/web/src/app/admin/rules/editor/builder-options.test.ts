import { catalog, eventTypes } from "@eventfork/core/events/catalog";
import { fromBuilder, parsePolicy, toBuilder, validatePolicy } from "@eventfork/filter-policy";
import { expect, test } from "vitest";
import { fields, fillUp, operatorOf, operators, startOf } from "./builder-options.ts";
import { formatPolicyText, parsePolicyText, templates } from "./policy-text.ts";

test("every operator starts as a condition that SNS accepts and the builder shows", () => {
  for (const operator of operators) {
    const policy = fromBuilder([{ kind: "field", keys: ["data", "x"], conditions: [operator.start] }]);
    expect(validatePolicy(policy, "MessageBody"), operator.id).toEqual([]);
    const [part] = toBuilder(policy);
    expect(part?.kind === "field" && part.conditions.map(operatorOf), operator.id).toEqual([operator]);
  }
});

test("a new condition on any catalog field is a policy that SNS accepts", () => {
  expect(fields.map(({ path }) => path)).toEqual(expect.arrayContaining(["data.email", "data.marketingConsent"]));
  for (const { path } of fields) {
    const policy = fromBuilder([{ kind: "field", keys: path.split("."), conditions: [startOf(path)] }]);
    expect(validatePolicy(policy, "MessageBody"), path).toEqual([]);
  }
});

test("templates offer every event, each type alone, and no event", () => {
  expect(templates).toHaveLength(eventTypes.length + 2);
  expect(templates.map(({ policy }) => parsePolicyText(formatPolicyText(policy)).sentence)).toEqual([
    "Every event",
    ...eventTypes.map((type) => catalog[type].plural),
    "No event, as every event has a type",
  ]);
});

test("a text is parsed as a policy, a located problem or invalid JSON", () => {
  expect(parsePolicyText('{"type":["a"]}')).toMatchObject({
    policy: { type: ["a"] },
    problems: [],
    sentence: "a events",
  });
  const refused = parsePolicyText('{"type":[]}');
  expect(refused).toMatchObject({ policy: parsePolicy('{"type":[]}').ok ? { type: [] } : null, sentence: null });
  expect(refused.problems).toMatchObject([{ path: "type", from: 1, to: 10 }]);
  expect(parsePolicyText("{")).toMatchObject({ policy: null, sentence: null, problems: [{ code: "bad-json" }] });
});

test.each([
  ["initial rows are numbered", [], 3, [0, 1, 2]],
  ["a removed row takes its id along", [0, 2], 2, [0, 2]],
  ["a new row gets an unused id", [0, 2], 3, [0, 2, 3]],
  ["surplus ids are dropped from the end", [0, 2, 3], 1, [0]],
  ["no rows need no ids", [], 0, []],
])("%s", (_, kept, count, ids) => {
  expect(fillUp(kept, count)).toEqual(ids);
});
