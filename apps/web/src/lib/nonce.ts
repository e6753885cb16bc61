import type { IncomingMessage } from "node:http";

/** The nonce that the proxy gave this request, for whatever script its page holds. */
export function nonceOf(request: Pick<IncomingMessage, "headers"> | undefined): string {
  return String(request?.headers["x-nonce"] ?? "");
}
