import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readNetwork } from "../operators/cidr.ts";

function contains(network: string, address: string): boolean {
  const read = readNetwork(network);
  if (!read.ok) throw new Error(read.fault);
  return read.contains(address);
}

describe("a network", () => {
  test.each([
    ["10.0.0.0/24", "10.0.0.0", true],
    ["10.0.0.0/24", "10.0.0.255", true],
    ["10.0.0.0/24", "10.0.1.0", false],
    ["10.0.0.0/24", "9.255.255.255", false],
    ["10.0.0.0/24", "10.0.0.256", false],
    ["10.0.0.0/24", "10.0.0", false],
    ["10.0.0.0/24", "::ffff:a00:1", true],
    ["10.0.0.0/24", "::", false],
    ["0.0.0.0/0", "255.255.255.255", true],
    ["10.0.0.4/31", "10.0.0.5", true],
    ["10.0.0.4/31", "10.0.0.6", false],
    ["10.0.0.5/24", "10.0.0.4", false],
    ["10.0.0.5/24", "10.0.0.255", true],
    ["2001:db8::/32", "2001:0DB8:ffff::1", true],
    ["2001:db8::/32", "2001:db9::1", false],
    ["2001:db8:1234:1a00::/57", "2001:db8:1234:1a7f::", true],
    ["2001:db8:1234:1a00::/57", "2001:db8:1234:1a80::", false],
    ["::/0", "10.0.0.1", false],
    ["2001:db8::/32", "2001:db8::1::2", false],
    ["2001:db8::/32", "2001:db8:1:2:3:4:5:6:7", false],
    ["2001:db8::/32", "2001:db8:12345::", false],
    ["2001:db8::/32", "2001:db8:1", false],
    ["2001:db8::/32", ":2001:db8::", false],
    ["2001:db8::/32", "", false],
  ])("%s contains %j: %s", (network, address, isInside) => {
    expect(contains(network, address)).toBe(isInside);
  });

  test.each([
    "",
    "10.0.0.0",
    "10.0.0.0/",
    "10.0.0.0/24/8",
    "10.0.0.0/-1",
    "10.0.0.0/32",
    "::/128",
    "10.0.0.0/2x",
    "10.0.0.0/1.5",
    "10.0.0/8",
    "host/8",
    "1::2::3/8",
  ])("%j is none", (network) => {
    expect(readNetwork(network).ok).toBe(false);
  });
});

test("a network at its first address contains exactly the addresses that share its bits", () => {
  const toText = (address: number) => [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join(".");
  const address = fc.integer({ min: 0, max: 0xffffffff });
  fc.assert(
    fc.property(address, fc.integer({ min: 0, max: 31 }), address, fc.boolean(), (base, bits, other, isNear) => {
      const size = 2 ** (32 - bits);
      const first = base - (base % size);
      const candidate = isNear ? (first + (other % (2 * size))) % 2 ** 32 : other;
      expect(contains(`${toText(first)}/${bits}`, toText(candidate))).toBe(
        candidate >= first && candidate < first + size,
      );
    }),
    { numRuns: 5_000 },
  );
});
