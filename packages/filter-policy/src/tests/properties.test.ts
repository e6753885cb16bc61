import fc from "fast-check";
import { expect, test } from "vitest";
import {
  compile,
  describe as describeRule,
  explain,
  findProblems,
  fromBuilder,
  match,
  matches,
  parsePolicy,
  runTestLine,
  type Scope,
  toBuilder,
  validatePolicy,
} from "../index.ts";
import { anyMessage, anyPolicy, anyValue } from "../testing/generate.ts";
import { matchNaively } from "../testing/naive.ts";

const numRuns = 20_000;
const scope = fc.constantFrom<Scope>("MessageBody", "MessageAttributes");

test("explain is empty exactly when match is true, and the naive oracle agrees with both", () => {
  let matched = 0;
  fc.assert(
    fc.property(anyPolicy, scope, anyMessage, (policy, where, message) => {
      if (validatePolicy(policy, where).length > 0) return;
      const isMatch = match(policy, where, message);
      expect(explain(policy, where, message).length === 0).toBe(isMatch);
      expect(matchNaively(policy, where, message)).toBe(isMatch);
      matched += isMatch ? 1 : 0;
    }),
    { numRuns },
  );
  expect(matched).toBeGreaterThan(numRuns / 50);
});

test("validate, compile, describe and parse accept the same policies", () => {
  fc.assert(
    fc.property(fc.oneof(anyPolicy, anyValue), scope, (policy, where) => {
      const isValid = validatePolicy(policy, where).length === 0;
      if (!isValid) {
        expect(() => compile(policy, where)).toThrow();
        return;
      }
      expect(matches(compile(policy, where), { body: 5 })).toBe(Object.keys(Object(policy)).length === 0);
      expect(describeRule(policy, where)).not.toBe("");
      expect(parsePolicy(JSON.stringify(policy))).toEqual({ ok: true, policy });
    }),
    { numRuns },
  );
});

test("a test line agrees with match, in every spelling of the policy", () => {
  fc.assert(
    fc.property(anyPolicy, anyMessage, fc.boolean(), (policy, { body }, isText) => {
      const answer = JSON.parse(
        runTestLine(
          JSON.stringify({
            scope: "MessageBody",
            policy: isText ? JSON.stringify(policy) : policy,
            body: body ?? null,
          }),
        ),
      );
      const isValid = validatePolicy(policy, "MessageBody").length === 0;
      expect("invalid" in answer).toBe(!isValid);
      if (isValid) expect(answer.match).toBe(match(policy, "MessageBody", { body: body ?? null }));
    }),
    { numRuns: 5_000 },
  );
});

test("no policy and no message makes anything crash", () => {
  fc.assert(
    fc.property(
      fc.oneof(anyPolicy, anyValue, fc.anything()),
      scope,
      fc.oneof(anyMessage, fc.record({ body: fc.anything() })),
      (policy, where, message) => {
        if (validatePolicy(policy, where).length === 0) explain(policy, where, message);
      },
    ),
    { numRuns },
  );
});

test("no line makes the line protocol crash", () => {
  const member = fc.constantFrom("policy", "scope", "body", "attributes", "__proto__");
  const line = fc.oneof(
    fc.string(),
    fc.json(),
    fc.dictionary(member, fc.oneof(anyPolicy, anyValue, scope)).map((value) => JSON.stringify(value)),
  );
  fc.assert(
    fc.property(line, (text) => {
      expect(Object.keys(JSON.parse(runTestLine(text)))[0]).toMatch(/^(match|invalid)$/);
    }),
    { numRuns: 5_000 },
  );
});

const anyJsonPolicy = fc.oneof(anyPolicy, fc.dictionary(fc.string(), fc.jsonValue())).map((value) => {
  const parsed = parsePolicy(JSON.stringify(value));
  return parsed.ok ? parsed.policy : {};
});

test("JSON to builder to JSON is the identity, also for raw parts and refused policies", () => {
  let drawn = 0;
  fc.assert(
    fc.property(anyJsonPolicy, (policy) => {
      const parts = toBuilder(policy);
      expect(JSON.stringify(fromBuilder(parts))).toBe(JSON.stringify(policy));
      const isDrawn = JSON.stringify(parts).includes('"kind":"raw"');
      drawn += isDrawn ? 0 : 1;
    }),
    { numRuns },
  );
  expect(drawn).toBeGreaterThan(numRuns / 4);
});

test("the builder draws every policy that SNS accepts", () => {
  fc.assert(
    fc.property(anyPolicy, (policy) => {
      const parsed = parsePolicy(JSON.stringify(policy));
      if (!parsed.ok || validatePolicy(parsed.policy, "MessageBody").length > 0) return;
      expect(JSON.stringify(toBuilder(parsed.policy))).not.toContain('"kind":"raw"');
    }),
    { numRuns },
  );
});

test("every problem has its place in the text, whatever the spacing", () => {
  fc.assert(
    fc.property(anyPolicy, fc.nat(3), (policy, spaces) => {
      const text = JSON.stringify(policy, null, spaces);
      const problems = findProblems(text, "MessageBody");
      expect(problems.map(({ message }) => message)).toEqual(
        validatePolicy(JSON.parse(text), "MessageBody").map(({ message }) => message),
      );
      for (const { path, from, to } of problems) {
        expect(from).toBeLessThan(to);
        expect(to).toBeLessThanOrEqual(text.length);
        if (path === "") expect(from).toBe(0);
        else expect(from).toBeGreaterThan(0);
      }
    }),
    { numRuns: 5_000 },
  );
});
