import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** Browsers keep a cookie for 400 days at most. Source: RFC 6265bis, 5.5 */
const maxAgeSeconds = 400 * 86_400;

export type KnownDevices = ReturnType<typeof createKnownDevices>;

/**
 * A browser that has logged in to an account before has a cookie that says so: an id with a signature that binds it to the
 * account. It opens nothing; it gives the browser a count of its own for attempts at that account's password.
 */
export function createKnownDevices({ secret, cookiePrefix }: { secret: string; cookiePrefix: string }) {
  const sign = (...texts: string[]) =>
    createHmac("sha256", secret)
      .update(JSON.stringify(["known device", ...texts]))
      .digest("base64url");
  const nameOf = (email: string) => `${cookiePrefix}.device_${sign(email).slice(0, 16)}`;

  /** The device's id, or null where there is no cookie for this account that we signed. */
  function find(headers: Headers, email: string): string | null {
    const name = `${nameOf(email)}=`;
    const cookies = (headers.get("cookie") ?? "").split(/; */);
    const value = cookies.find((cookie) => cookie.startsWith(name))?.slice(name.length) ?? "";
    const [id = "", signature = ""] = value.split(".");
    const given = Buffer.from(signature);
    const expected = Buffer.from(sign(email, id));
    return given.length === expected.length && timingSafeEqual(given, expected) ? id : null;
  }

  /** For the response that opens a session. A known device keeps its id. */
  function createCookie(headers: Headers | undefined, email: string) {
    const id = (headers && find(headers, email)) ?? randomBytes(16).toString("base64url");
    return { name: nameOf(email), value: `${id}.${sign(email, id)}`, maxAge: maxAgeSeconds };
  }

  return { find, createCookie };
}
