import { hash } from "node:crypto";
import { type Condition, comparable, comparablePath } from "./syntax.ts";

export type SearchedEvent = { id: string; type: string; source: string; subject: string | null; data: unknown };

export type Leaf = { path: string; value: string };

export const fieldsAtMost = 64;

const visitsAtMost = 1_000;

export function leavesOf({ type, source, subject, data }: SearchedEvent): { leaves: Leaf[]; isWhole: boolean } {
  const attributes = { type, source, ...(subject === null ? {} : { subject }) };
  const leaves = Object.entries(attributes).map(([path, value]) => ({ path, value: comparable(value) }));
  const fields = new Map<string, Leaf>();
  let isWhole = true;
  const queue = [{ path: "data", value: data }];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { path, value } = next;
    if (typeof value === "object" && value !== null) {
      const children = childrenOf(path, value);
      const room = Math.max(0, visitsAtMost - queue.length);
      if (children.length > room) isWhole = false;
      queue.push(...children.slice(0, room));
    } else if (value !== undefined && value !== "") {
      const leaf = { path, value: comparable(String(value)) };
      const key = JSON.stringify([leaf.path, leaf.value]);
      if (fields.size < fieldsAtMost) fields.set(key, leaf);
      else if (!fields.has(key)) isWhole = false;
    }
  }
  return { leaves: [...leaves, ...fields.values()], isWhole };
}

function childrenOf(path: string, value: object): { path: string; value: unknown }[] {
  if (Array.isArray(value)) return value.map((item) => ({ path, value: item }));
  return Object.entries(value).map(([key, item]) => ({ path: comparablePath(`${path}.${key}`), value: item }));
}

/** Ids and addresses, which few events share: one hash finds them in any field. */
const isDistinct = (value: string) => value.length >= 16 && /[@\d]/.test(value);

export function hashOf({ path, value }: { path: string | null; value: string }): number {
  const text = `${path === null || isDistinct(value) ? "" : path}=${value}`;
  const known = recent.get(text);
  if (known !== undefined) return known;
  const one = Number.parseInt(hash("sha256", text).slice(0, 10), 16);
  if (recent.size >= recentAtMost) recent.clear();
  recent.set(text, one);
  return one;
}

const recent = new Map<string, number>();
const recentAtMost = 5_000;

export function termsOf(event: SearchedEvent, chunk: number): bigint[] {
  const { leaves } = leavesOf(event);
  const hashes = leaves.flatMap((leaf) => [hashOf(leaf), hashOf({ ...leaf, path: null })]);
  return [...new Set(hashes)].map((one) => (BigInt(chunk) << 40n) | BigInt(one));
}

export function meetsAll(event: SearchedEvent, conditions: readonly Condition[]): boolean {
  if (conditions.length === 0) return true;
  const { leaves } = leavesOf(event);
  return conditions.every(({ path, value, text }) => {
    if (event.id === text && (path === null || path === "id")) return true;
    return leaves.some((leaf) => (path === null || leaf.path === path) && leaf.value === value);
  });
}
