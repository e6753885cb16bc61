const leading = /(?:\s+|--[^\n]*|\/\*.*?\*\/)*/sy;
/** The end of a statement, or what may hold a semicolon that ends none: a comment, a string, a quoted name, the body of a function. */
const token = /;|--[^\n]*|\/\*.*?\*\/|\b[eE]'(?:[^'\\]|\\.|'')*'|'[^']*'|"[^"]*"|\$((?:[a-zA-Z_]\w*)?)\$.*?\$\1\$/gs;

export type Statement = { text: string; line: number };

/** The statements of a file of SQL, without the comments before them, and the line on which each begins. */
export function splitStatements(sql: string): Statement[] {
  const ends = [...sql.matchAll(token)].filter(([found]) => found === ";").map(({ index }) => index);
  let from = 0;
  return [...ends, sql.length].flatMap((end) => {
    leading.lastIndex = from;
    const start = from + (leading.exec(sql)?.[0].length ?? 0);
    from = end + 1;
    return start >= end ? [] : [{ text: sql.slice(start, end), line: sql.slice(0, start).split("\n").length }];
  });
}
