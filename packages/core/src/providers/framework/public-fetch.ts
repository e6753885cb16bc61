import { type LookupAddress, type LookupOptions, lookup } from "node:dns";
import { type IncomingMessage, Agent as PlainAgent, request as requestPlain } from "node:http";
import { request as requestSecure, Agent as SecureAgent } from "node:https";
import { BlockList, isIP, isIPv6, type LookupFunction } from "node:net";
import { Readable } from "node:stream";

/** Source: IANA's special-purpose address registries. */
const special = new BlockList();
const special4 =
  "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4";
const special6 = "2001::/23 2001:db8::/32 2002::/16 3fff::/20";
for (const [list, family] of [
  [special4, "ipv4"],
  [special6, "ipv6"],
] as const) {
  for (const subnet of list.split(" ")) {
    const [network = "", prefix] = subnet.split("/");
    special.addSubnet(network, Number(prefix), family);
  }
}

const globalUnicast = new BlockList();
globalUnicast.addSubnet("2000::", 3, "ipv6");

export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0) return false;
  if (!isIPv6(address)) return !special.check(address, "ipv4");
  return globalUnicast.check(address, "ipv6") && !special.check(address, "ipv6");
}

function refuse(message: string): Error {
  return Object.assign(new Error(message, { cause: { code: "address_refused" } }), { code: "address_refused" });
}

type Resolve = (
  hostname: string,
  options: LookupOptions & { all: true },
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

type Guard = {
  protocols: readonly string[];
  isAllowed: (address: string) => boolean;
  resolve: Resolve;
};

type Connected = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/** Resolves a name once, for the connection itself, against DNS rebinding. */
export function createGuardedFetch({ protocols, isAllowed, resolve }: Guard) {
  const lookup = (hostname: string, options: LookupOptions, done: Connected) =>
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return done(error, []);
      if (addresses.length === 0 || addresses.some(({ address }) => !isAllowed(address))) {
        return done(refuse(`${hostname} leads where it must not`), []);
      }
      const [first] = addresses;
      return options.all === true ? done(null, addresses) : done(null, first?.address ?? "", first?.family);
    });

  // Connections of other agents were not checked.
  const agents = { "http:": new PlainAgent({ keepAlive: true }), "https:": new SecureAgent({ keepAlive: true }) };

  return async (url: URL, init: RequestInit): Promise<Response> => {
    const host = url.hostname.replace(/^\[|\]$/g, "");
    if (!protocols.includes(url.protocol) || (isIP(host) !== 0 && !isAllowed(host))) {
      throw refuse(`${url.protocol}//${host} leads where it must not`);
    }
    const { promise, resolve: answer, reject } = Promise.withResolvers<Response>();
    const body = typeof init.body === "string" ? Buffer.from(init.body) : undefined;
    const isPlain = url.protocol === "http:";
    const call = (isPlain ? requestPlain : requestSecure)(
      url,
      {
        agent: agents[isPlain ? "http:" : "https:"],
        lookup: lookup as LookupFunction,
        method: init.method ?? "GET",
        headers: {
          ...Object.fromEntries(new Headers(init.headers)),
          ...(body === undefined ? {} : { "content-length": body.length }),
        },
        ...(init.signal ? { signal: init.signal } : {}),
      },
      (incoming) => answer(toResponse(incoming)),
    );
    call.on("error", (cause) => reject(new TypeError("fetch failed", { cause })));
    call.end(body);
    return promise;
  };
}

function toResponse(incoming: IncomingMessage): Response {
  const status = incoming.statusCode ?? 502;
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) headers.set(name, [value].flat().join(", "));
  const isEmpty = status === 204 || status === 205 || status === 304;
  if (isEmpty) incoming.resume();
  return new Response(isEmpty ? null : (Readable.toWeb(incoming) as ReadableStream<Uint8Array>), { status, headers });
}

/** For untrusted URLs. */
export const fetchPublic = createGuardedFetch({ protocols: ["https:"], isAllowed: isPublicAddress, resolve: lookup });
