import { EventforkError, messageOf } from "@eventfork/core/kernel";

/** What a command answers: one JSON object for programs, text for people. */
export type Answer = { json: object; text: string };

/** Rows as aligned columns under their titles. */
export function formatTable(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [titles, ...rows];
  const widths = titles.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** Prints a failure where its reader looks for it: programs on standard output, people on standard error. */
export function printError(error: unknown, isJson: boolean): void {
  const isOurs = error instanceof EventforkError;
  const code = isOurs ? error.code : "UNEXPECTED";
  const problems = isOurs ? error.problems : [];
  if (isJson) process.stdout.write(`${JSON.stringify({ error: { code, message: messageOf(error), problems } })}\n`);
  else process.stderr.write(`eventfork: ${messageOf(error)}\n`);
}
