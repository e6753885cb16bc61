import { typeid } from "typeid-js";

/** A TypeID: prefix, `_` and a UUIDv7 in base 32, so that ids sort by time. */
export const idPrefixes = {
  event: "evt",
  user: "usr",
  session: "ses",
  account: "acc",
  verification: "vrf",
  rateLimit: "rlm",
  deadLetter: "dlt",
  audit: "aud",
  lease: "lse",
  replay: "rpl",
  alert: "alr",
  view: "viw",
  check: "chk",
  apiKey: "key",
} as const;

export type IdKind = keyof typeof idPrefixes;

const digits = "0123456789abcdefghjkmnpqrstvwxyz";

/** Sorts after every id made before `at`, and before all later ones. Source: TypeID's and UUIDv7's specifications. */
export function firstIdAt(kind: IdKind, at: Date): string {
  const milliseconds = Array.from({ length: 10 }, (_, i) => digits[Math.floor(at.getTime() / 32 ** (9 - i)) % 32]);
  return `${idPrefixes[kind]}_${milliseconds.join("")}`;
}

export function newId(kind: IdKind): string {
  return typeid(idPrefixes[kind]).toString();
}
