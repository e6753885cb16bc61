import { createHmac, createSecretKey, hash, type KeyObject } from "node:crypto";
import type { Checksum, SourceData } from "@smithy/types";

const keys = new WeakMap<object, KeyObject>();

/** SHA-256 for the SDK's signer, at less than half the CPU time. */
export class Sha256 implements Checksum {
  #chunks: Uint8Array[] = [];
  readonly #secret: SourceData | undefined;

  constructor(secret?: SourceData) {
    this.#secret = secret;
  }

  update(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
  }

  reset(): void {
    this.#chunks = [];
  }

  async digest(): Promise<Uint8Array> {
    const [only] = this.#chunks;
    const data = only !== undefined && this.#chunks.length === 1 ? only : Buffer.concat(this.#chunks);
    if (this.#secret === undefined) return hash("sha256", data, "buffer");
    return createHmac("sha256", toKey(this.#secret)).update(data).digest();
  }
}

function toKey(secret: SourceData): string | KeyObject {
  if (typeof secret === "string") return secret;
  const known = keys.get(secret);
  if (known !== undefined) return known;
  const bytes = ArrayBuffer.isView(secret)
    ? Buffer.from(secret.buffer, secret.byteOffset, secret.byteLength)
    : Buffer.from(secret);
  const key = createSecretKey(bytes);
  keys.set(secret, key);
  return key;
}
