import type { Message } from "../index.ts";

/** Source: mulberry32, by Tommy Ettinger, in the public domain. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const keys = ["a", "b", "c", "type", "data", "a.b", "$or", "__proto__", "constructor", "prefix", "", "é"];
const texts = [
  "",
  "a",
  "b",
  "ab",
  "abc",
  "A",
  "10",
  "10.0.0.1",
  "2001:db8::1",
  "true",
  "aaaaaaaaaaaaaaaaaaaaaaaab",
  "\u{1F600}",
];
const patterns = ["*", "a*", "*b", "a*c", "*a*b*", "\\*", "a**", "\\", "*a*a*a*"];
const networks = ["10.0.0.0/24", "::/0", "10.0.0.0/32", "10.0.0.0"];
const numbers = [-1e9, -1.5, 0, 1, 10, 10.00001, 1e9, 2e9, Number.MAX_SAFE_INTEGER];

/** Much faster than fast-check, for runs of a million. */
export function createGenerator(random: () => number) {
  const below = (limit: number) => Math.floor(random() * limit);
  const pick = <T>(values: readonly [T, ...T[]] | readonly T[]): T => values[below(values.length)] as T;
  const many = <T>(most: number, make: () => T) => Array.from({ length: 1 + below(most) }, make);
  const literal = () => pick<unknown>([pick(texts), pick(numbers), true, false, null]);

  function operator(): unknown {
    switch (below(12)) {
      case 0:
        return { prefix: pick(texts) };
      case 1:
        return { suffix: pick(texts) };
      case 2:
        return { "equals-ignore-case": pick(texts) };
      case 3:
        return { wildcard: pick(patterns) };
      case 4:
        return { cidr: pick(networks) };
      case 5:
        return { exists: random() < 0.5 };
      case 6:
        return { numeric: [pick([">", ">=", "<", "=", "<="]), pick(numbers)] };
      case 7:
        return { numeric: [">=", pick(numbers), "<", pick(numbers)] };
      case 8:
        return { "anything-but": many(3, () => pick(texts)) };
      case 9:
        return { "anything-but": pick(numbers) };
      case 10:
        return { "anything-but": { [pick(["prefix", "suffix", "wildcard", "equals-ignore-case"])]: pick(texts) } };
      default:
        return pick<unknown>([{}, { nope: 1 }, [], { prefix: 1 }]);
    }
  }

  function policy(depth = 3): Record<string, unknown> {
    const entries = many(3, (): [string, unknown] => {
      const chance = random();
      if (depth > 0 && chance < 0.2) return ["$or", many(3, () => policy(depth - 1))];
      if (depth > 0 && chance < 0.4) return [pick(keys), policy(depth - 1)];
      return [pick(keys), many(4, () => (random() < 0.5 ? literal() : operator()))];
    });
    return Object.fromEntries(entries);
  }

  function value(depth: number): unknown {
    const chance = random();
    if (depth > 0 && chance < 0.25) return Array.from({ length: below(4) }, () => value(depth - 1));
    if (depth > 0 && chance < 0.5) return body(depth - 1);
    return literal();
  }

  function body(depth = 4): Record<string, unknown> {
    return Object.fromEntries(Array.from({ length: below(5) }, (): [string, unknown] => [pick(keys), value(depth)]));
  }

  function message(): Message {
    const attributes = Object.fromEntries(
      Array.from({ length: below(4) }, () => {
        const DataType = pick(["String", "Number", "String.Array", "Binary", "Number.int"]);
        const StringValue = DataType === "String.Array" ? JSON.stringify(many(3, literal)) : pick(texts);
        return [pick(keys), { DataType, StringValue }] as const;
      }),
    );
    return { body: random() < 0.9 ? body() : pick<unknown>([5, "{", null, [], undefined]), attributes };
  }

  return { policy, message };
}
