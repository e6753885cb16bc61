export type Network = { ok: true; contains: (address: string) => boolean } | { ok: false; fault: string };

const ipv4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;
const ipv6 = /^[0-9a-fA-F:]*:[0-9a-fA-F:]*$/;
const group = /^[0-9a-fA-F]{1,4}$/;
const integer = /^[+-]?\d{1,9}$/;

/** As in AWS Event Ruler: `10.0.0.5/24` is .5 to .255; /32 and /128 are refused. */
export function readNetwork(text: string): Network {
  const [address = "", mask, ...more] = text.split("/");
  if (mask === undefined || mask === "" || more.length > 0)
    return { ok: false, fault: 'needs exactly one "/", as in 10.0.0.0/24' };
  if (!integer.test(mask))
    return { ok: false, fault: `has the mask ${JSON.stringify(mask)}, which is not a whole number of bits` };
  const bits = Number(mask);
  const bottom = readAddress(address);
  if (bottom === undefined)
    return { ok: false, fault: `starts with ${JSON.stringify(address)}, which is no IPv4 or IPv6 address` };
  const most = bottom.length * 8 - 1;
  if (bits < 0 || bits > most) {
    return {
      ok: false,
      fault: `has a mask of ${bits} bits, but SNS takes 0 to ${most} here; give a single address as a plain value`,
    };
  }
  const top = bottom.map((byte, index) => byte | (0xff >> Math.min(8, Math.max(0, bits - index * 8))));
  return {
    ok: true,
    contains: (other) => {
      const bytes = readAddress(other);
      return (
        bytes !== undefined && bytes.length === bottom.length && compare(bytes, bottom) >= 0 && compare(bytes, top) <= 0
      );
    },
  };
}

/** `::ffff:102:304` is the IPv4 address. */
function readAddress(text: string): number[] | undefined {
  if (ipv4.test(text)) {
    const bytes = text.split(".").map(Number);
    return bytes.every((byte) => byte <= 255) ? bytes : undefined;
  }
  if (!ipv6.test(text)) return undefined;
  const [head = "", tail, ...more] = text.split("::");
  if (more.length > 0) return undefined;
  const before = readGroups(head);
  const after = readGroups(tail ?? "");
  if (before === undefined || after === undefined) return undefined;
  const missing = 8 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const bytes = [...before, ...Array.from({ length: missing }, () => 0), ...after].flatMap((word) => [
    word >> 8,
    word & 0xff,
  ]);
  const isMapped = bytes.every((byte, index) => (index < 10 ? byte === 0 : index < 12 ? byte === 0xff : true));
  return isMapped ? bytes.slice(12) : bytes;
}

function readGroups(text: string): number[] | undefined {
  if (text === "") return [];
  const groups = text.split(":");
  return groups.every((word) => group.test(word)) ? groups.map((word) => Number.parseInt(word, 16)) : undefined;
}

function compare(left: readonly number[], right: readonly number[]): number {
  for (const [index, byte] of left.entries()) {
    const difference = byte - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
