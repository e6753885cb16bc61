import { isObject, type Json, show } from "./json.ts";
import { LIMITS } from "./limits.ts";
import type { Problem } from "./problems.ts";
import { type Fault, scanJson } from "./scan.ts";

/** A filter policy as JSON. Whether SNS would accept it is for `validatePolicy` to say. */
export type Policy = { [key: string]: Json };

export type ParsedPolicy = { ok: true; policy: Policy } | { ok: false; problems: Problem[] };

/**
 * Reads the JSON text of a policy. Problems are: no JSON (with line and column), more than 256 KB, a key that stands twice in one object
 * (SNS would silently keep the last), something else than an object. `__proto__` is a key like any other. Never throws; the
 * depth of the text does not matter.
 */
export function parsePolicy(text: string): ParsedPolicy {
  const bytes = countBytes(text);
  if (bytes > LIMITS.bytes)
    return { ok: false, problems: [{ path: "", code: "too-large", message: sayTooLarge(bytes) }] };
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
    return { ok: false, problems: [{ path: "", code: "not-an-object", message: sayNotAnObject(policy) }] };
  return { ok: true, policy };
}

export function countBytes(text: string): number {
  return new TextEncoder().encode(text).length;
}

export function sayTooLarge(bytes: number): string {
  return `The policy has ${bytes} bytes; SNS allows ${LIMITS.bytes} (256 KB). Shorten its lists, or match by prefix.`;
}

export function sayNotAnObject(value: unknown): string {
  return `A policy is a JSON object such as {"type":["user.signed_up"]}, but this is ${show(value)}.`;
}

function isPolicy(value: Json): value is Policy {
  return isObject(value);
}

function locate(text: string, { offset }: Fault): { line: number; column: number } {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: (before.at(-1) ?? "").length + 1 };
}
