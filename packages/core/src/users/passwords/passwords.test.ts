import { scryptSync } from "node:crypto";
import { hashPassword as hashEarlier } from "better-auth/crypto";
import { describe, expect, test } from "vitest";
import { hashPassword, isCommonPassword, isOutdatedHash, verifyPassword } from "./passwords.ts";

const password = "correct horse battery";
const request = { purpose: "sign_up", network: null } as const;

describe("a password's hash", () => {
  test("is scrypt with OWASP's parameters and a unique salt, and names both", async () => {
    const [first, second] = [await hashPassword(password, request), await hashPassword(password, request)];
    expect(first).not.toBe(second);
    const [, name, cost, salt = "", key] = first.split("$");
    expect([name, cost]).toEqual(["scrypt", "ln=14,r=8,p=5"]);
    const options = { N: 2 ** 14, r: 8, p: 5 };
    expect(key).toBe(scryptSync(password, Buffer.from(salt, "base64url"), 64, options).toString("base64url"));
    expect(isOutdatedHash(first)).toBe(false);
  });

  test("matches only its password, in any Unicode form", async () => {
    const hash = await hashPassword("caf\u00e9 caf\u00e9", request);
    expect(await verifyPassword(hash, "cafe\u0301 cafe\u0301", null)).toBe(true);
    expect(await verifyPassword(hash, "cafe cafe", null)).toBe(false);
    expect(await verifyPassword(`${hash.slice(0, -3)}AAA`, "caf\u00e9 caf\u00e9", null)).toBe(false);
    expect(await verifyPassword("$scrypt$ln=14,r=8,p=5$", "", null)).toBe(false);
  });

  test("of better-auth's cost is still verified, and counts as outdated", async () => {
    const hash = await hashEarlier(password);
    expect(isOutdatedHash(hash)).toBe(true);
    expect(await verifyPassword(hash, password, null)).toBe(true);
    expect(await verifyPassword(hash, "wrong horse battery", null)).toBe(false);
  });
});

test.each(["password", "12345678", "PASSWORD", "qwertyuiop", "trustno1", "iloveyou", "\uff50assword", "Eventfork1!"])(
  "%s is a common password",
  async (text) => {
    expect(await isCommonPassword(text)).toBe(true);
  },
);

test.each([password, "eventfork is a fan-out", "Tr0ub4dor&3x", "\u{1f600}".repeat(8)])("%s is none", async (text) => {
  expect(await isCommonPassword(text)).toBe(false);
});

test("the list has the 10,000 most common passwords, and 10,000 more of sufficient length", async () => {
  const { dictionary } = await import("@zxcvbn-ts/language-common");
  const list = new Set(dictionary["passwords-common"]);
  expect(list.size).toBeGreaterThan(10_000);
  expect([...list].filter((text) => text.length >= 8).length).toBeGreaterThan(10_000);
  expect([...list].filter((text) => text !== text.normalize("NFKC").toLowerCase())).toEqual([]);
});
