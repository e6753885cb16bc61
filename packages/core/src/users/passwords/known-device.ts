import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** Browsers keep a cookie for 400 days at most. Source: RFC 6265bis, 5.5 */
const maxAgeSeconds = 400 * 86_400;

export type KnownDevices = ReturnType<typeof createKnownDevices>;

/**
 * A signed cookie marks a browser that has logged in to an account. It grants only a separate count of password
 * attempts.
 */
export function createKnownDevices({ secrets, cookiePrefix }: { secrets: readonly string[]; cookiePrefix: string }) {
  const [current = ""] = secrets;
  const sign = (secret: string, ...texts: string[]) =>
    createHmac("sha256", secret)
      .update(JSON.stringify(["known device", ...texts]))
      .digest("base64url");
  const nameOf = (secret: string, email: string) => `${cookiePrefix}.device_${sign(secret, email).slice(0, 16)}`;

  function find(headers: Headers, email: string): string | null {
    return secrets.map((secret) => findSigned(secret, headers, email)).find((id) => id !== null) ?? null;
  }

  function findSigned(secret: string, headers: Headers, email: string): string | null {
    const name = `${nameOf(secret, email)}=`;
    const cookies = (headers.get("cookie") ?? "").split(/; */);
    const value = cookies.find((cookie) => cookie.startsWith(name))?.slice(name.length) ?? "";
    const [id = "", signature = ""] = value.split(".");
    const given = Buffer.from(signature);
    const expected = Buffer.from(sign(secret, email, id));
    return given.length === expected.length && timingSafeEqual(given, expected) ? id : null;
  }

  function createCookie(headers: Headers | undefined, email: string) {
    const id = (headers && find(headers, email)) ?? randomBytes(16).toString("base64url");
    return { name: nameOf(current, email), value: `${id}.${sign(current, email, id)}`, maxAge: maxAgeSeconds };
  }

  return { find, createCookie };
}
