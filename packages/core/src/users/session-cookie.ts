import { createHmac, timingSafeEqual } from "node:crypto";

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
