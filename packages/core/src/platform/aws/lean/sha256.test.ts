import { Sha256 as Reference } from "@smithy/core/checksum";
import { describe, expect, test } from "vitest";
import { Sha256 } from "./sha256.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const chunks = [[], ["abc"], ["a", "", "bc"], ["x".repeat(100_000), "é😀"]];

describe.each([
  ["no secret", undefined],
  ["a secret of text", "wJalrXUtnFEMI/K7MDENG"],
  ["a secret of bytes", bytes("secret")],
  ["a secret that is a part of a buffer", new Uint8Array(bytes("a longer secret").buffer, 2, 6)],
  ["a secret in an ArrayBuffer", bytes("secret").buffer],
])("with %s", (_, secret) => {
  test.each(chunks)("the digest equals the SDK's", async (...texts: string[]) => {
    const [own, reference] = [new Sha256(secret), new Reference(secret)];
    for (const text of texts) {
      own.update(bytes(text));
      reference.update(bytes(text));
    }
    expect(Buffer.from(await own.digest())).toEqual(Buffer.from(await reference.digest()));
  });

  test("a digest can be read twice, and starts over after a reset", async () => {
    const own = new Sha256(secret);
    const digest = async (text: string) => {
      own.reset();
      own.update(bytes(text));
      return Buffer.from(await own.digest()).toString("hex");
    };
    const first = await digest("one");
    expect(await digest("two")).not.toBe(first);
    expect(await digest("one")).toBe(first);
  });
});
