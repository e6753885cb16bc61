import { IncomingMessage, Server } from "node:http";
import { socketAddressHeader } from "@eventfork/core/env";

/** Writes the address of each request's socket over whatever a client sent under that name. */
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
