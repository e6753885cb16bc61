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

export function newId(kind: IdKind): string {
  return typeid(idPrefixes[kind]).toString();
}
