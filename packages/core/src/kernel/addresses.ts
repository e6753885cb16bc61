const ends = new Set(`"'<>(),;:\\[] \t\n\v\f\r\u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff`);
for (let code = 0x2000; code <= 0x200a; code += 1) ends.add(String.fromCharCode(code));

/** Rather too much than too little. Linear time, where a regular expression may backtrack. */
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
