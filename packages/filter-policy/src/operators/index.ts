import { at, type Report } from "../problems.ts";
import { isLeaf, isObject, type Leaf, show } from "../values.ts";
import { readNetwork } from "./cidr.ts";
import { anyLeaf, type Condition } from "./condition.ts";
import { formatRange, isInRange, readNumeric, toComparable } from "./numeric.ts";
import { readAnythingBut, readText, textOperators } from "./text.ts";

type ReadArgument = (argument: unknown, path: string, report: Report) => Condition | undefined;

const operators: ReadonlyMap<string, ReadArgument> = new Map([
  ...[...textOperators].map(([name, operator]): [string, ReadArgument] => [
    name,
    (argument, path, report) => readText(name, operator, argument, path, report),
  ]),
  ["cidr", readCidr],
  ["numeric", readNumeric],
  ["exists", readExists],
  ["anything-but", readAnythingBut],
]);

/** 100 does not match "100" (moto's test_filtering_exact_number_with_string_no_match; AWS Event Ruler). */
export function readCondition(raw: unknown, path: string, report: Report): Condition | undefined {
  if (isLeaf(raw)) return readLiteral(raw, path, report);
  if (!isObject(raw))
    return report(
      path,
      "bad-value",
      `A value to match must be a string, a number, true, false, null or an object with an operator, but this is ${show(raw)}. Lists are not nested; give each value by itself.`,
    );
  const [name, second] = Object.keys(raw);
  if (name === undefined)
    return report(
      path,
      "empty-object",
      `An empty object matches nothing. Write an operator in it, such as {"prefix":"user."}, or remove it.`,
    );
  if (second !== undefined)
    return report(
      path,
      "one-operator",
      `One object takes one operator, but this has ${show(Object.keys(raw))}. Give each its own object in the list; the values of a list are alternatives.`,
    );
  const read = operators.get(name);
  if (read === undefined)
    return report(
      at(path, name),
      "unknown-operator",
      `${show(name)} is not an operator. SNS knows ${[...operators.keys()].join(", ")}.`,
    );
  return read(raw[name], at(path, name), report);
}

function readLiteral(literal: Leaf, path: string, report: Report): Condition | undefined {
  if (typeof literal !== "number") {
    return {
      literal,
      isMet: anyLeaf((leaf) => leaf === literal),
      describeWith: (format) => `is ${typeof literal === "string" ? format(literal) : literal}`,
    };
  }
  if (!isInRange(literal))
    return report(path, "out-of-range", `${formatRange(literal)} Use a number within them, or publish it as a string.`);
  const comparable = toComparable(literal);
  return {
    literal,
    isMet: anyLeaf((leaf) => typeof leaf === "number" && toComparable(leaf) === comparable),
    describeWith: () => `is ${literal}`,
  };
}

function readCidr(argument: unknown, path: string, report: Report): Condition | undefined {
  if (typeof argument !== "string")
    return report(path, "bad-argument", `cidr takes one string such as "10.0.0.0/24", but this is ${show(argument)}.`);
  const network = readNetwork(argument);
  if (!network.ok) return report(path, "bad-argument", `The network ${show(argument)} ${network.fault}.`);
  return {
    isMet: anyLeaf((leaf) => typeof leaf === "string" && network.contains(leaf)),
    describeWith: () => `is an address in ${argument}`,
  };
}

/** Source: docs.aws.amazon.com/sns/latest/dg/attribute-key-matching */
function readExists(argument: unknown, path: string, report: Report): Condition | undefined {
  if (argument === true)
    return { isMet: anyLeaf((leaf) => leaf !== null && leaf !== ""), describeWith: () => "is present" };
  if (argument === false)
    return {
      isMet: ({ leaves, isMessageEmpty }) => leaves === undefined && !isMessageEmpty,
      describeWith: () => "is absent",
    };
  return report(path, "bad-argument", `exists takes true or false, but this is ${show(argument)}.`);
}
