import { isIP, SocketAddress } from "node:net";
import { getIP } from "better-auth/api";

/** As in `AuthOptions`. */
export type ClientIp = { header: string; trustedProxies: readonly string[] };

/**
 * One spelling for each address: an IPv6 address has many, may name a network card, and may stand for one of IPv4. In a
 * spelling that is not understood, it would have no limits, or share them with all others of its kind.
 */
function canonical(text: string): string {
  const [address = ""] = text.trim().split("%");
  if (isIP(address) !== 6) return text.trim();
  const short = new SocketAddress({ address, family: "ipv6" }).address;
  if (short === "::1") return "127.0.0.1";
  const mapped = short.replace(/^::ffff:/, "");
  return isIP(mapped) === 4 ? mapped : short;
}

/** The same headers with each address in its one spelling. */
export function withCanonicalAddress(headers: Headers, { header }: ClientIp): Headers {
  const value = headers.get(header);
  if (value === null) return headers;
  const copy = new Headers(headers);
  copy.set(header, value.split(",").map(canonical).join(", "));
  return copy;
}

/** Of IPv6 the network alone, which is what one household or one server has. */
export function clientAddress(headers: Headers, clientIp: ClientIp): string | null {
  const ipAddress = { ipAddressHeaders: [clientIp.header], trustedProxies: [...clientIp.trustedProxies] };
  const address = getIP(withCanonicalAddress(headers, clientIp), { advanced: { ipAddress } });
  return address && canonical(address);
}
