import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LIMITS, match, type Policy, parsePolicy } from "../index.ts";
import { scanJson } from "../parse.ts";

function parsed(text: string): Policy {
  const result = parsePolicy(text);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.policy;
}

test("JSON is read as JSON.parse reads it", () => {
  const text = ' {"a":["x","\\u0041\\n",1.5e3,-0.1,true,false,null,{}],\n"b": { "c" : [ ] }}\t';
  expect(parsed(text)).toEqual(JSON.parse(text));
});

describe("a text that is no policy", () => {
  test.each([
    ["", "bad-json", "", 1, 1],
    ['{"a":["x"]', "bad-json", "", 1, 11],
    ['{"a":["x"],}', "bad-json", "", 1, 12],
    ['{\n  "a": ["x",\n  ]\n}', "bad-json", "", 3, 3],
    ["{'a':['x']}", "bad-json", "", 1, 2],
    ['{"a":["x"]} {}', "bad-json", "", 1, 13],
    ['{"a":["x\n"]}', "bad-json", "", 1, 9],
    ['{"a":["\\x"]}', "bad-json", "", 1, 8],
    ['{"a":[01]}', "bad-json", "", 1, 8],
    ['{"a":[NaN]}', "bad-json", "", 1, 7],
    ['{"a" ["x"]}', "bad-json", "", 1, 6],
    ['{"a":["x]}', "bad-json", "", 1, 7],
    ['{"a":["x"],"a":["y"]}', "duplicate-key", "a", 1, 12],
    ['{"a":{"b":["x"],\n"b":["y"]}}', "duplicate-key", "a.b", 2, 1],
    ['{"$or":[{"a":["x"]},{"b":["x"],"\\u0062":["y"]}]}', "duplicate-key", "$or[1].b", 1, 32],
    ['{"a":[{"prefix":"x","prefix":"y"}]}', "duplicate-key", "a[0].prefix", 1, 21],
    ['{"__proto__":["x"],"__proto__":["y"]}', "duplicate-key", "__proto__", 1, 20],
  ])("%j: %s at %s, line %d, column %d", (text, code, path, line, column) => {
    expect(parsePolicy(text)).toEqual({
      ok: false,
      problems: [{ code, path, line, column, message: expect.stringContaining(`ine ${line}, column ${column}`) }],
    });
  });

  test.each(["null", "5", '"{}"', "[]", "true"])("%s is not an object", (text) => {
    expect(parsePolicy(text)).toMatchObject({ ok: false, problems: [{ code: "not-an-object", path: "" }] });
  });

  test("more than 256 KB is refused, exactly 256 KB is not", () => {
    const fill = (bytes: number) => `{"a":["${"x".repeat(bytes - 10)}"]}`;
    expect(parsePolicy(fill(LIMITS.bytes)).ok).toBe(true);
    expect(parsePolicy(fill(LIMITS.bytes + 1))).toMatchObject({ ok: false, problems: [{ code: "too-large" }] });
  });
});

describe("hostile texts", () => {
  test("the names of prototypes are keys like any other", () => {
    const policy = parsed('{"__proto__":{"polluted":["x"]},"constructor":["y"]}');
    expect(Object.keys(policy)).toEqual(["__proto__", "constructor"]);
    expect("polluted" in {}).toBe(false);
    expect("polluted" in policy).toBe(false);
    expect(match(policy, "MessageBody", { body: '{"__proto__":{"polluted":"x"},"constructor":"y"}' })).toBe(true);
    expect(match(policy, "MessageBody", { body: {} })).toBe(false);
    expect(match({ constructor: [{ exists: true }] }, "MessageBody", { body: { other: 1 } })).toBe(false);
    expect(match({ toString: { name: [{ exists: false }] } }, "MessageBody", { body: { other: 1 } })).toBe(true);
    expect(match({ constructor: [{ exists: true }] }, "MessageAttributes", { attributes: {} })).toBe(false);
  });

  test("a text nested 100,000 deep is read, or refused with its place", () => {
    const depth = 100_000;
    expect(parsePolicy(`${"[".repeat(depth)}${"]".repeat(depth)}`)).toMatchObject({
      ok: false,
      problems: [{ code: "not-an-object" }],
    });
    expect(parsePolicy("[".repeat(depth))).toMatchObject({
      ok: false,
      problems: [{ code: "bad-json", column: depth + 1 }],
    });
  });

  test("many duplicate keys are reported up to a limit", () => {
    const result = parsePolicy(`{${Array.from({ length: 1000 }, () => '"a":["x"]').join()}}`);
    expect(result.ok ? [] : result.problems).toHaveLength(20);
  });
});

const jsonText = fc.json({ maxDepth: 4 });
const mutated = fc
  .tuple(
    jsonText,
    fc.nat(),
    fc.constantFrom("", '"', "{", "}", "[", "]", ",", ":", "\\", "0", "-", ".", "e", " ", "\n", "\u0001", "a"),
  )
  .map(([text, seed, piece]) => {
    const at = seed % (text.length + 1);
    return text.slice(0, at) + piece + text.slice(at + (seed % 3));
  });

test("exactly the texts that JSON.parse accepts are JSON", () => {
  fc.assert(
    fc.property(fc.oneof(jsonText, mutated, fc.string()), (text) => {
      let isJson = true;
      try {
        JSON.parse(text);
      } catch {
        isJson = false;
      }
      expect(scanJson(text).fault === undefined).toBe(isJson);
    }),
    { numRuns: 20_000 },
  );
});

test("the members of the outermost object are found with their source", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), (object) => {
      const { members } = scanJson(JSON.stringify(object, undefined, 1));
      expect(Object.fromEntries([...members].map(([key, source]) => [key, JSON.parse(source)]))).toEqual(
        JSON.parse(JSON.stringify(object)),
      );
    }),
    { numRuns: 2_000 },
  );
});
