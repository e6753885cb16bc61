import { isIP, SocketAddress } from "node:net";
import { getIP } from "better-auth/api";

export type ClientIp = { header: string; trustedProxies: readonly string[] };

/** Each spelling of an IPv6 address would have separate limits. */
function canonical(text: string): string {
  const [address = ""] = text.trim().split("%");
  if (isIP(address) !== 6) return text.trim();
  const short = new SocketAddress({ address, family: "ipv6" }).address;
  if (short === "::1") return "127.0.0.1";
  const mapped = short.replace(/^::ffff:/, "");
  return isIP(mapped) === 4 ? mapped : short;
}

export function withCanonicalAddress(headers: Headers, { header }: ClientIp): Headers {
  const value = headers.get(header);
  if (value === null) return headers;
  const copy = new Headers(headers);
  copy.set(header, value.split(",").map(canonical).join(", "));
  return copy;
}

/** An IPv6 client's address is its network. */
export function clientAddress(headers: Headers, clientIp: ClientIp): string | null {
  const ipAddress = { ipAddressHeaders: [clientIp.header], trustedProxies: [...clientIp.trustedProxies] };
  const address = getIP(withCanonicalAddress(headers, clientIp), { advanced: { ipAddress } });
  return address && canonical(address);
}
