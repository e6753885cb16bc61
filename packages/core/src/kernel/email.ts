import { z } from "zod";

/**
 * An e-mail address. An internationalized domain becomes punycode, the form in which mail programs and providers take
 * it: ann@bücher.example is ann@xn--bcher-kva.example.
 */
export const emailAddress = (error?: string) => z.preprocess(toAsciiDomain, z.email(error));

/** The domain has none of the characters by which `URL` reads something else. */
const address = /^([^@]+@)([^\s@/?#%:\\[\]]+)$/;
const beyondAscii = /\P{ASCII}/u;

function toAsciiDomain(text: unknown): unknown {
  if (typeof text !== "string") return text;
  const [, person = "", domain = ""] = address.exec(text) ?? [];
  const url = beyondAscii.test(domain) ? URL.parse(`http://${domain}`) : null;
  return url === null ? text : `${person}${url.hostname}`;
}
