import { IncomingMessage, Server } from "node:http";
import { socketAddressHeader } from "@eventfork/core/platform/env";

/** Browsers always send Origin with requests that change something. */
export function isSameOrigin(request: Request, baseURL: string): boolean {
  return request.headers.get("origin") === new URL(baseURL).origin;
}

const ownSites: readonly (string | null)[] = [null, "same-origin", "none"];

export function isFromAnotherSite(request: Request, baseURL: string): boolean {
  const origin = request.headers.get("origin");
  if (origin !== null && origin !== new URL(baseURL).origin) return true;
  return !ownSites.includes(request.headers.get("sec-fetch-site"));
}

/** Overwrites the client's header with the socket's address. */
export function noteSocketAddresses(): void {
  const { emit } = Server.prototype;
  Server.prototype.emit = function (this: Server, event: string, ...args: unknown[]) {
    const [request] = args;
    if (event === "request" && request instanceof IncomingMessage) {
      request.headers[socketAddressHeader] = request.socket.remoteAddress ?? "";
    }
    return Reflect.apply(emit, this, [event, ...args]);
  };
}
