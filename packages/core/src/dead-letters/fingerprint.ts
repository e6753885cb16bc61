import { createHash } from "node:crypto";
import { replaceAddresses } from "../platform/index.ts";

export type Cause = { integration: string; errorClass: string; errorCode: string | null; reason: string };

const fingerprintLength = 16;
const messageLength = 500;
const readLength = 4_000;

/** The order matters: a URL contains numbers. */
const variables: readonly [RegExp, string][] = [
  [/\bhttps?:\/\/[^\s"'<>]+/gi, "<url>"],
  [/"[^"]*"|`[^`]*`|“[^”]*”/g, "<value>"],
  [/(?<![\p{L}\p{N}])'[^']*'(?![\p{L}\p{N}])/gu, "<value>"],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, "<id>"],
  [/\b[a-z]{2,12}_(?=[a-z0-9]*\d)[a-z0-9]{8,}\b/gi, "<id>"],
  [/\b(?=[a-z]*\d)(?=\d*[a-z])[a-z0-9]{10,}\b/gi, "<id>"],
  [/[+-]?\d+(?:[.,:]\d+)*/g, "<n>"],
];

function normaliseReason(reason: string): string {
  const [[url], ...rest] = variables as [[RegExp, string], ...[RegExp, string][]];
  const hosts: string[] = [];
  const marked = reason.slice(0, readLength).replace(url, (address) => {
    hosts.push(hostOf(address));
    return "\u0001";
  });
  const withoutAddresses = replaceAddresses(marked, () => "<e-mail>");
  const general = rest.reduce((text, [pattern, name]) => text.replace(pattern, name), withoutAddresses);
  const restored = general.replaceAll("\u0001", () => `<url of ${hosts.shift() ?? ""}>`);
  return restored.replace(/\s+/g, " ").trim().slice(0, messageLength);
}

export function fingerprintOf({ integration, errorClass, errorCode, reason }: Cause): string {
  const cause = [integration, errorClass, errorCode ?? "", normaliseReason(reason)].join("\n");
  return createHash("sha256").update(cause).digest("hex").slice(0, fingerprintLength);
}

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).hostname : "";
}
