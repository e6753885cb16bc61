export type Wildcard = { ok: true; stars: number; test: (text: string) => boolean } | { ok: false; fault: string };

/** Never backtracks. Refuses the same patterns as AWS Event Ruler's WildcardParser. */
export function compileWildcard(pattern: string): Wildcard {
  const parts: string[] = [];
  let part = "";
  for (let index = 0; index < pattern.length; index += 1) {
    const char = pattern.charAt(index);
    const next = pattern.charAt(index + 1);
    if (char === "*") {
      if (next === "*")
        return { ok: false, fault: `has two "*" in a row at position ${index + 1}; one means the same` };
      parts.push(part);
      part = "";
      continue;
    }
    if (char === "\\") {
      if (next !== "*" && next !== "\\") {
        return {
          ok: false,
          fault: `has a single backslash at position ${index + 1}; write \\\\ for a backslash and \\* for an asterisk`,
        };
      }
      index += 1;
    }
    part += char === "\\" ? next : char;
  }
  return { ok: true, stars: parts.length, test: compileParts([...parts, part]) };
}

function compileParts([first = "", ...rest]: string[]): (text: string) => boolean {
  const last = rest.pop();
  if (last === undefined) return (text) => text === first;
  return (text) => {
    const end = text.length - last.length;
    if (!text.startsWith(first) || !text.endsWith(last)) return false;
    let from = first.length;
    for (const part of rest) {
      const found = text.indexOf(part, from);
      if (found === -1) return false;
      from = found + part.length;
    }
    return from <= end;
  };
}
