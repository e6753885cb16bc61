import { createHmac, timingSafeEqual } from "node:crypto";
import type { Role } from "../../platform/index.ts";

/** Source: better-call, `signCookieValue` */
const sign = (value: string, secret: string) => createHmac("sha256", secret).update(value).digest("base64");

function isSignedBy(secret: string, value: string, signature: string): boolean {
  const [given, expected] = [Buffer.from(signature), Buffer.from(sign(value, secret))];
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Signs a session's cookie with the current secret: better-auth knows one, and a rotation would end every session. */
export function renewSignature(headers: Headers, name: string, [current = "", ...earlier]: readonly string[]): Headers {
  const given = headers.get("cookie");
  if (given === null || earlier.length === 0) return headers;
  const cookies = given.split(/; */).map((cookie) => {
    if (!cookie.startsWith(`${name}=`)) return cookie;
    const text = decode(cookie.slice(name.length + 1));
    const at = text.lastIndexOf(".");
    const [value, signature] = [text.slice(0, at), text.slice(at + 1)];
    if (!earlier.some((secret) => isSignedBy(secret, value, signature))) return cookie;
    return `${name}=${encodeURIComponent(`${value}.${sign(value, current)}`)}`;
  });
  const renewed = new Headers(headers);
  renewed.set("cookie", cookies.join("; "));
  return renewed;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

const longestMs = {
  person: { idle: 7 * dayMs, whole: 30 * dayMs },
  operator: { idle: 12 * hourMs, whole: 7 * dayMs },
} as const;

/** The cookie outlasts sessions; the database decides when one ends. */
export const cookieSeconds = longestMs.person.whole / 1_000;

export const usedAtMostEveryMs = 10 * 60_000;

export type SessionTimes = { createdAt: Date; usedAt: Date };

export function sessionEnd(role: Role, { createdAt, usedAt }: SessionTimes): Date {
  const { idle, whole } = role === "user" ? longestMs.person : longestMs.operator;
  return new Date(Math.min(usedAt.getTime() + idle, createdAt.getTime() + whole));
}
