/** What ends an address, also inside JSON or an angle bracket. */
const ends = new Set(`"'<>(),;:\\[] \t\n\v\f\r\u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff`);
for (let code = 0x2000; code <= 0x200a; code += 1) ends.add(String.fromCharCode(code));

/**
 * Replaces the e-mail addresses of a text: rather too much of the text than too little of an address. Takes time in
 * proportion to the text, whatever is in it, where a regular expression would look at a long word again and again.
 */
export function replaceAddresses(text: string, replace: (address: string) => string): string {
  const parts: string[] = [];
  let done = 0;
  let end = 0;
  for (let at = text.indexOf("@"); at !== -1; at = text.indexOf("@", end)) {
    let start = at;
    while (start > end && !ends.has(text.charAt(start - 1))) start -= 1;
    end = at + 1;
    while (end < text.length && !ends.has(text.charAt(end))) end += 1;
    const inside = text.indexOf("@", start + 1);
    if (inside === -1 || inside >= end - 1) continue;
    parts.push(text.slice(done, start), replace(text.slice(start, end)));
    done = end;
  }
  return done === 0 ? text : parts.join("") + text.slice(done);
}
