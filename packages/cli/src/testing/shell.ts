export function splitShell(line: string): string[] {
  const words = line.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? [];
  const end = words.findIndex((word) => /^[<>|]/.test(word));
  return words.slice(0, end === -1 ? words.length : end).map((word) => word.replace(/(['"])(.*?)\1/g, "$2"));
}
