import { IncomingMessage, Server } from "node:http";
import { socketAddressHeader } from "@eventfork/core/env";

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
