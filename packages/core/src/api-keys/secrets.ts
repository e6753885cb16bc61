import { createHash, randomBytes } from "node:crypto";

export const keyPrefix = "efk_";
const secretBytes = 32;
const tailLength = 4;

/** 256 random bits after a prefix by which scanners of leaked secrets know it. */
export function makeSecret(): { secret: string; hash: string; tail: string } {
  const secret = `${keyPrefix}${randomBytes(secretBytes).toString("base64url")}`;
  return { secret, hash: hashSecret(secret), tail: secret.slice(-tailLength) };
}

/** A salt and a slow hash are for secrets that people choose; nobody guesses 256 random bits. */
export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
