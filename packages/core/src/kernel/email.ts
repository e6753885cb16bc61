import { z } from "zod";

/**
 * An e-mail address. An internationalized domain becomes punycode, the form in which mail programs and providers take
 * it: ann@bücher.example is ann@xn--bcher-kva.example.
 */
export const emailAddress = (error?: string) => z.string(error).overwrite(toAsciiDomain).pipe(z.email(error));

/** The domain has none of the characters by which `URL` reads something else. */
const address = /^([^@]+@)([^\s@/?#%:\\[\]]+)$/;
const beyondAscii = /\P{ASCII}/u;

/** The address with its domain in ASCII; what is no address as it is. */
export function toAsciiDomain(text: string): string {
  const [, person = "", domain = ""] = address.exec(text) ?? [];
  const url = beyondAscii.test(domain) ? URL.parse(`http://${domain}`) : null;
  return url === null ? text : `${person}${url.hostname}`;
}
