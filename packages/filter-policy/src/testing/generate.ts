import fc from "fast-check";
import type { Message, MessageAttributes } from "../index.ts";

const key = fc.constantFrom("a", "b", "c", "a.b", "b.c", "$or", "__proto__", "constructor", "prefix");
const text = fc.constantFrom("", "a", "b", "ab", "abc", "A", "10", "10.0.0.1", "10.0.0.200", "true");
const number = fc.constantFrom(-1e9, -1.5, 0, 1, 10, 10.00001, 1e9);
const literal = fc.oneof(text, number, fc.constantFrom(true, false, null));

const mostly = <T, U>(sound: fc.Arbitrary<T>, faulty: fc.Arbitrary<U>) =>
  fc.oneof({ arbitrary: sound, weight: 20 }, { arbitrary: faulty, weight: 1 });

const pattern = mostly(
  fc.constantFrom("*", "a*", "*b", "a*c", "*a*b*", "\\*", "\\**"),
  fc.constantFrom("a**", "\\", "*a*b*c*"),
);
const bound = mostly(
  fc.constantFrom<unknown[]>(["=", 10], ["<", 10], ["<=", 10], [">", 0], [">=", 0], [">", 0, "<=", 10]),
  fc.constantFrom<unknown[]>([">=", 10, "<", 0], [">", 2e9], [], ["<", "10"], [10]),
);
const network = mostly(fc.constantFrom("10.0.0.0/24", "::/0"), fc.constantFrom("10.0.0.0/32", "10.0.0.0"));
const textOperator = fc.oneof(
  fc.record({ prefix: text }),
  fc.record({ suffix: text }),
  fc.record({ "equals-ignore-case": text }),
  fc.record({ wildcard: pattern }),
);
const exclusion = mostly(
  fc.oneof(
    text,
    number,
    fc.array(text, { minLength: 1, maxLength: 3 }),
    fc.array(number, { minLength: 1, maxLength: 3 }),
    textOperator,
  ),
  fc.oneof(fc.array(literal, { maxLength: 2 }), fc.constant(null)),
);
const operator = mostly(
  fc.oneof(
    textOperator,
    fc.record({ "anything-but": exclusion }),
    fc.record({ numeric: bound }),
    fc.record({ exists: fc.boolean() }),
    fc.record({ cidr: network }),
  ),
  fc.constantFrom({}, { nope: 1 }, { exists: "true" }, { prefix: "a", suffix: "b" }),
);
const list = fc.array(fc.oneof(literal, operator), { minLength: 1, maxLength: 3 });

export const anyValue: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    literal,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(key, tie("value"), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

/** About half are valid. */
export const anyPolicy: fc.Arbitrary<Record<string, unknown>> = fc.letrec<{
  policy: Record<string, unknown>;
  alternatives: Record<string, unknown>[];
  part: unknown;
}>((tie) => ({
  policy: fc
    .tuple(
      fc.dictionary(key, tie("part"), { maxKeys: 2, noNullPrototype: true }),
      fc.oneof(
        { maxDepth: 2 },
        { arbitrary: fc.constant(null), weight: 3 },
        { arbitrary: tie("alternatives"), weight: 2 },
      ),
    )
    .map(([keys, alternatives]) => (alternatives === null ? keys : { ...keys, $or: alternatives })),
  alternatives: fc.array(tie("policy"), { minLength: 2, maxLength: 3 }),
  part: fc.oneof({ maxDepth: 2 }, { arbitrary: list, weight: 4 }, { arbitrary: tie("policy"), weight: 1 }),
})).policy;

const attribute = fc.oneof(
  text.map((StringValue) => ({ DataType: "String", StringValue })),
  fc.oneof(number.map(String), text).map((StringValue) => ({ DataType: "Number", StringValue })),
  fc
    .oneof(
      fc.array(literal, { maxLength: 3 }).map((values) => JSON.stringify(values)),
      text,
    )
    .map((StringValue) => ({ DataType: "String.Array", StringValue })),
  fc.constant({ DataType: "Binary", BinaryValue: "AA==" }),
);

export const anyMessage: fc.Arbitrary<Message> = fc.record({
  body: fc.oneof(
    { arbitrary: fc.dictionary(key, anyValue, { maxKeys: 4, noNullPrototype: true }), weight: 8 },
    { arbitrary: anyValue, weight: 1 },
    { arbitrary: text, weight: 1 },
  ),
  attributes: fc.dictionary(key, attribute, {
    maxKeys: 4,
    noNullPrototype: true,
  }) satisfies fc.Arbitrary<MessageAttributes>,
});
