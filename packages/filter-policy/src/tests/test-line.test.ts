import { describe, expect, test } from "vitest";
import { runTestLine } from "../index.ts";

describe("a case a line", () => {
  test.each([
    ['{"policy":{"type":["a"]},"scope":"MessageBody","body":{"type":"a"}}', { match: true }],
    ['{"policy":{"type":["a"]},"scope":"MessageBody","body":"{\\"type\\":\\"a\\"}"}', { match: true }],
    ['{"policy":"{\\"type\\":[\\"a\\"]}","scope":"MessageBody","body":{"type":"a"}}', { match: true }],
    [
      '{"policy":{"type":["a"]},"scope":"MessageAttributes","attributes":{"type":{"DataType":"String","StringValue":"a"}}}',
      { match: true },
    ],
    ['{"policy":{"type":["a"]},"attributes":{"type":{"DataType":"String","StringValue":"a"}}}', { match: true }],
    ['{"policy":{"type":["a"]},"body":{"type":"a"}}', { match: true }],
    ['{"policy":{},"scope":"MessageAttributes"}', { match: true }],
    [
      '{"policy":{"type":["a"]},"scope":"MessageBody","body":{"type":"b"}}',
      { match: false, because: [{ path: "type", expected: "is a", actual: '"b"', clause: ["a"] }] },
    ],
    [
      '{"policy":{"type":["a"]},"scope":"MessageBody","body":"no JSON"}',
      {
        match: false,
        because: [
          { path: "", expected: "the body is a JSON object", actual: 'not JSON: "no JSON"', clause: { type: ["a"] } },
        ],
      },
    ],
  ])("%s", (line, answer) => {
    expect(JSON.parse(runTestLine(line))).toEqual(answer);
  });

  test.each([
    ['{"policy":{"type":[]},"scope":"MessageBody","body":{}}', "type: The list is empty"],
    [
      '{"policy":{"type":["a"],"type":["b"]},"scope":"MessageBody","body":{}}',
      'type: Line 1, column 15: the key "type" stands twice',
    ],
    ['{"policy":"{\\"type\\":","scope":"MessageBody","body":{}}', "not JSON: line 1, column 9"],
    ['{"policy":null,"scope":"MessageBody","body":{}}', "A policy is a JSON object"],
    ['{"policy":["a"],"scope":"MessageBody","body":{}}', "A policy is a JSON object"],
    ['{"policy":{"a":{"b":["c"]}},"scope":"MessageAttributes","attributes":{}}', "no nested keys"],
    ['{"scope":"MessageBody","body":{}}', 'with "policy"'],
    ['{"policy":{},"scope":"Body","body":{}}', 'but this is "Body"'],
    ['{"policy":{},"scope":"MessageBody"}', 'no "body"'],
    ['{"policy":{},"scope":"MessageAttributes","attributes":[]}', "The attributes must be"],
    ['{"policy":{},"scope":"MessageAttributes","attributes":{"a":"b"}}', 'The attribute "a" must be'],
    [
      '{"policy":{},"scope":"MessageAttributes","attributes":{"a":{"DataType":"Number","StringValue":5}}}',
      'The attribute "a" must be',
    ],
    ["", "not JSON: column 1"],
    ["policy", "not JSON: column 1"],
    ["[]", "no case"],
  ])("%s is invalid: %s", (line, reason) => {
    expect(JSON.parse(runTestLine(line))).toEqual({ invalid: expect.stringContaining(reason) });
  });
});

test("a body may have a duplicate key, a policy may not", () => {
  expect(runTestLine('{"policy":{"type":["a"]},"scope":"MessageBody","body":{"type":"b","type":"a"}}')).toBe(
    '{"match":true}',
  );
});

test("a body nested 10,000 deep gets a result", () => {
  const deep = (depth: number, open: string, close: string) => `${open.repeat(depth)}"a"${close.repeat(depth)}`;
  const line = (body: string) => runTestLine(`{"policy":{"a":["a"]},"scope":"MessageBody","body":${body}}`);
  expect(line(`{"a":${deep(10_000, "[", "]")}}`)).toBe('{"match":true}');
  expect(JSON.parse(line(deep(10_000, '{"a":', "}")))).toMatchObject({
    match: false,
    because: [{ actual: "an object, not a value" }],
  });
  expect(JSON.parse(line(deep(10_000, "[", "]")))).toMatchObject({ match: false, because: [{ path: "" }] });
});

test("the names of prototypes are names like any other", () => {
  const line =
    '{"policy":{"__proto__":["a"]},"scope":"MessageAttributes","attributes":{"__proto__":{"DataType":"String","StringValue":"a"}}}';
  expect(runTestLine(line)).toBe('{"match":true}');
  expect(runTestLine('{"__proto__":{},"constructor":1}')).toContain("no case");
});
