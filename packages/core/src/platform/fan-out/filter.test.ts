import { runTestLine } from "@eventfork/filter-policy";
import { describe, expect, test, vi } from "vitest";
import { findRuleProblems, validateRule } from "../../rules/fit.ts";
import { createFanOut } from "./index.ts";

vi.mock("../../topology/index.ts", async (original) => ({ ...(await original<object>()), fanOut: "eventbridge" }));

describe("when topology chooses a bus", () => {
  test("an impossible rule is refused while it is typed, each problem with its path", () => {
    const text = '{"data":{"coupon":[{"exists":true}]},"a.b":["x"]}';
    const problems = findRuleProblems(text);
    expect(problems.map(({ path, from, to }) => [path, text.slice(from, to)])).toEqual([
      ["data.coupon[0].exists", '"exists":true'],
      ['["a.b"]', '"a.b":["x"]'],
    ]);
    expect(problems[0]?.message).toMatch(/Write \[\{"anything-but":""\}\]/);
    expect(findRuleProblems('{"type":["user.signed_up"]}')).toEqual([]);
  });

  test("a rule that SNS would refuse is refused for that alone", () => {
    expect(findRuleProblems('{"a.b":[]}').map(({ code }) => code)).toEqual(["empty-list"]);
  });

  test("`rules test` reports a rule on the body as invalid, and accepts one on attributes", () => {
    const policy = { a: [{ exists: true }] };
    const attributes = { a: { DataType: "String", StringValue: "x" } };
    expect(JSON.parse(runTestLine(JSON.stringify({ policy, body: { a: "x" } }), validateRule))).toEqual({
      invalid: expect.stringMatching(/^a\[0\]\.exists: .*EventBridge.*Write/),
    });
    expect(JSON.parse(runTestLine(JSON.stringify({ policy, attributes }), validateRule))).toEqual({ match: true });
  });

  test("a topic that replaces it on a machine without AWS takes no other rule", () => {
    const reached = { queues: {}, sqs: {} } as Parameters<typeof createFanOut>[1];
    const { label, validateFilter } = createFanOut("arn:aws:sns:us-east-1:000000000000:events", reached);
    expect(label).toBe("SNS topic");
    expect(validateFilter({ a: [{ exists: true }] })).toMatchObject([{ path: "a[0].exists" }]);
  });
});
