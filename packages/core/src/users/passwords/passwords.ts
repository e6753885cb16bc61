import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { verifyPassword as verifyEarlierHash } from "better-auth/crypto";
import { createHashQueue, type HashQueue, type HashRequest, hashParallelism } from "./hash-queue.ts";

/** Source: OWASP Password Storage Cheat Sheet, scrypt. */
const cost = { N: 2 ** 14, r: 8, p: 5, maxmem: 64 * 1_024 * 1_024 } as const;
const prefix = "$scrypt$ln=14,r=8,p=5$";
const keyBytes = 64;
const saltBytes = 16;

// Next loads a module several times; `globalThis` keeps one queue.
const shared: { eventforkHashQueue?: HashQueue } = globalThis as { eventforkHashQueue?: HashQueue };

function queue(): HashQueue {
  shared.eventforkHashQueue ??= createHashQueue({ parallelism: hashParallelism });
  return shared.eventforkHashQueue;
}

/** @throws EventforkError `UNAVAILABLE` */
export function hashPassword(password: string, request: HashRequest): Promise<string> {
  return queue().run(request, async () => {
    const salt = randomBytes(saltBytes);
    const key = await derive(password, salt);
    return `${prefix}${salt.toString("base64url")}$${key.toString("base64url")}`;
  });
}

/** Accepts better-auth's hashes. @throws EventforkError `UNAVAILABLE` */
export function verifyPassword(hash: string, password: string, network: string | null): Promise<boolean> {
  return queue().run({ purpose: "log_in", network }, async () => {
    if (isOutdatedHash(hash)) return verifyEarlierHash({ hash, password });
    const [salt = "", key = ""] = hash.slice(prefix.length).split("$");
    const expected = Buffer.from(key, "base64url");
    const actual = await derive(password, Buffer.from(salt, "base64url"));
    return expected.length === actual.length && timingSafeEqual(expected, actual);
  });
}

export function isOutdatedHash(hash: string): boolean {
  return !hash.startsWith(prefix);
}

function derive(password: string, salt: Buffer): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  scrypt(password.normalize("NFKC"), salt, keyBytes, cost, (error, key) => (error ? reject(error) : resolve(key)));
  return promise;
}

const ownName = /^eventfork[^\p{L}]*$/u;

let common: Promise<ReadonlySet<string>> | undefined;

async function load(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import("@zxcvbn-ts/language-common");
  return new Set(dictionary["passwords-common"]);
}

export async function isCommonPassword(password: string): Promise<boolean> {
  common ??= load();
  const text = password.normalize("NFKC").toLowerCase();
  return ownName.test(text) || (await common).has(text);
}
