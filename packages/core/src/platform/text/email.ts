// Browser-safe: imports nothing that needs a server.
import { z } from "zod";

/** Converts the domain to punycode, as providers expect: ann@bücher.example becomes ann@xn--bcher-kva.example. */
export const emailAddress = (error?: string) => z.string(error).overwrite(toAsciiDomain).pipe(z.email(error));

const address = /^([^@]+@)([^\s@/?#%:\\[\]]+)$/;
const beyondAscii = /\P{ASCII}/u;

export function toAsciiDomain(text: string): string {
  const [, person = "", domain = ""] = address.exec(text) ?? [];
  const url = beyondAscii.test(domain) ? URL.parse(`http://${domain}`) : null;
  return url === null ? text : `${person}${url.hostname}`;
}
