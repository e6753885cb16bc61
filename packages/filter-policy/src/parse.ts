import { LIMITS } from "./limits.ts";
import { at, type Problem } from "./problems.ts";
import { isObject, type Json, show } from "./values.ts";

type Fault = { offset: number; message: string };

export type Scan = { fault?: Fault; duplicates: (Fault & { path: string })[]; members: Map<string, string> };

export type Place = { path: string; from: number; to: number };

type Frame = { keys?: Set<string>; step: string | number; from: number; valueFrom: number };

const mostDuplicates = 20;
const space = /[ \t\n\r]*/y;
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const plainText = /[ !#-[\]-\uffff]*/y;
const escaped = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y;

/** Never throws or recurses, unlike jsonc-parser. */
export function scanJson(text: string, visit?: (place: Place) => void): Scan {
  const scan: Scan = { duplicates: [], members: new Map() };
  const frames: Frame[] = [];
  let offset = 0;

  function fail(message: string): false {
    const char = text[offset];
    const found = char === undefined ? "the text ends" : `found ${JSON.stringify(char)}`;
    scan.fault = { offset, message: `${message}, ${found}` };
    return false;
  }

  function skip(pattern: RegExp): boolean {
    pattern.lastIndex = offset;
    const isFound = pattern.test(text);
    if (isFound) offset = pattern.lastIndex;
    return isFound;
  }

  function skipString(): boolean {
    const start = offset;
    offset += 1;
    do skip(plainText);
    while (skip(escaped));
    const char = text[offset];
    if (char === "\\") return fail('a backslash must start an escape such as \\n, \\" or \\u0041');
    if (char !== '"' && char !== undefined) return fail("a control character inside a string must be escaped");
    offset = char === undefined ? start : offset + 1;
    return char !== undefined || fail("a string that is never closed");
  }

  function startMember(frame: Frame): boolean {
    skip(space);
    frame.from = offset;
    if (frame.keys !== undefined) {
      if (text[offset] !== '"') return fail("expected a key in double quotes");
      if (!skipString()) return false;
      const key: string = JSON.parse(text.slice(frame.from, offset));
      frame.step = key;
      if (frame.keys.has(key) && scan.duplicates.length < mostDuplicates) {
        const message = `the key ${JSON.stringify(key)} stands twice`;
        scan.duplicates.push({ path: pathOf(frames), offset: frame.from, message });
      }
      frame.keys.add(key);
      skip(space);
      if (text[offset] !== ":") return fail('expected ":" after the key');
      offset += 1;
      skip(space);
    }
    frame.valueFrom = offset;
    return true;
  }

  function endValue(): boolean {
    for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
      if (frames.length === 1 && typeof frame.step === "string") {
        scan.members.set(frame.step, text.slice(frame.valueFrom, offset));
      }
      visit?.({ path: pathOf(frames), from: frame.from, to: offset });
      skip(space);
      const closer = frame.keys === undefined ? "]" : "}";
      const char = text[offset];
      if (char !== "," && char !== closer) return fail(`expected "," or "${closer}"`);
      offset += 1;
      if (char === ",") {
        if (typeof frame.step === "number") frame.step += 1;
        return startMember(frame);
      }
      frames.pop();
    }
    return true;
  }

  function readValue(): boolean {
    const char = text[offset];
    if (char === '"') return skipString() && endValue();
    if (char !== "{" && char !== "[") return (skip(scalar) || fail("expected a value")) && endValue();
    offset += 1;
    skip(space);
    if (text[offset] === (char === "{" ? "}" : "]")) {
      offset += 1;
      return endValue();
    }
    const frame: Frame = { step: 0, from: offset, valueFrom: offset };
    if (char === "{") frame.keys = new Set();
    frames.push(frame);
    return startMember(frame);
  }

  skip(space);
  while (readValue() && frames.length > 0);
  skip(space);
  if (scan.fault === undefined && offset < text.length) fail("the text should end here");
  return scan;
}

function pathOf(frames: readonly Frame[]): string {
  return frames.reduce((outer, { step }) => at(outer, step), "");
}

export type Policy = { [key: string]: Json };

export type ParsedPolicy = { ok: true; policy: Policy } | { ok: false; problems: Problem[] };

/** Refuses duplicate keys, because SNS would silently keep the last. Never throws, at any depth. */
export function parsePolicy(text: string): ParsedPolicy {
  const bytes = countBytes(text);
  if (bytes > LIMITS.bytes)
    return { ok: false, problems: [{ path: "", code: "too-large", message: describeTooLarge(bytes) }] };
  const { fault, duplicates } = scanJson(text);
  if (fault !== undefined) {
    const place = locate(text, fault);
    const message = `This is not JSON: line ${place.line}, column ${place.column}: ${fault.message}.`;
    return { ok: false, problems: [{ path: "", code: "bad-json", message, ...place }] };
  }
  if (duplicates.length > 0) {
    const problems = duplicates.map((duplicate): Problem => {
      const place = locate(text, duplicate);
      const message = `Line ${place.line}, column ${place.column}: ${duplicate.message} in its object, and SNS would silently keep the last. Merge their lists, or remove one.`;
      return { path: duplicate.path, code: "duplicate-key", message, ...place };
    });
    return { ok: false, problems };
  }
  const policy: Json = JSON.parse(text);
  if (!isPolicy(policy))
    return { ok: false, problems: [{ path: "", code: "not-an-object", message: describeNotAnObject(policy) }] };
  return { ok: true, policy };
}

export function countBytes(text: string): number {
  return new TextEncoder().encode(text).length;
}

export function describeTooLarge(bytes: number): string {
  return `The policy has ${bytes} bytes; SNS allows ${LIMITS.bytes} (256 KB). Shorten its lists, or match by prefix.`;
}

export function describeNotAnObject(value: unknown): string {
  return `A policy is a JSON object such as {"type":["user.signed_up"]}, but this is ${show(value)}.`;
}

function isPolicy(value: Json): value is Policy {
  return isObject(value);
}

function locate(text: string, { offset }: Fault): { line: number; column: number } {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: (before.at(-1) ?? "").length + 1 };
}
