// Browser-safe: imports nothing that needs a server.

import { EventforkError } from "../platform/errors.ts";
import { storableText } from "../platform/text/sound-json.ts";

export type Condition = { path: string | null; value: string; text: string };

const valueAtMost = 256;
const pathAtMost = 256;

const conditionsAtMost = 8;

const attributes = ["id", "type", "source", "subject"];

const help = 'Write a value, or a field and its value: ada@example.com, plan:pro, name:"Ada Lovelace".';

/**
 * `value` and `field:value`, separated by spaces; all must match. Quotes allow spaces, colons and `\"`.
 * @throws EventforkError `INVALID`.
 */
export function parseSearch(text: string): Condition[] {
  const conditions: Condition[] = [];
  let rest = storableText(text).trim();
  while (rest !== "") {
    const first = readPart(rest, /^[^\s":]+/u);
    rest = first.rest;
    if (rest.startsWith(":") && !(first.isBare && rest.startsWith("://"))) {
      if (first.text === "") throw refuse(`There is no field before ":${rest.slice(1, 20)}".`);
      const value = readPart(rest.slice(1), /^[^\s"]+/u);
      if (value.text === "") throw refuse(`There is no value after "${first.text}:".`);
      conditions.push(toCondition(first.text, value.text));
      rest = value.rest;
    } else {
      const tail = /^[^\s"]*/u.exec(rest)?.[0] ?? "";
      const value = first.text + tail;
      if (value === "") throw refuse("There is nothing between the quotation marks.");
      conditions.push(toCondition(null, value));
      rest = rest.slice(tail.length);
    }
    rest = rest.trimStart();
  }
  if (conditions.length > conditionsAtMost) {
    throw refuse(`These are ${conditions.length} conditions: there can be ${conditionsAtMost} at most.`);
  }
  return conditions;
}

type Part = { text: string; rest: string; isBare: boolean };

function readPart(rest: string, bare: RegExp): Part {
  if (!rest.startsWith('"')) {
    const text = bare.exec(rest)?.[0] ?? "";
    return { text, rest: rest.slice(text.length), isBare: true };
  }
  const quoted = /^"((?:[^"\\]|\\.)*)"/su.exec(rest);
  if (quoted === null) throw refuse(`A quotation mark is not closed, at ${rest.slice(0, 40)}.`);
  const [whole, inside = ""] = quoted;
  return { text: inside.replace(/\\(.)/gsu, "$1"), rest: rest.slice(whole.length), isBare: false };
}

function toCondition(field: string | null, text: string): Condition {
  const name = field === null ? null : comparablePath(field);
  const isWhole = name === null || attributes.includes(name) || name.startsWith("data.");
  return { path: isWhole ? name : `data.${name}`, value: comparable(text), text };
}

function refuse(problem: string): EventforkError {
  const message = `${problem} ${help}`;
  return new EventforkError("INVALID", message, { problems: [{ path: "search", message }] });
}

export function comparable(text: string): string {
  return text.normalize("NFC").toLowerCase().slice(0, valueAtMost).toWellFormed();
}

export function comparablePath(path: string): string {
  return path.toLowerCase().slice(0, pathAtMost).toWellFormed();
}
