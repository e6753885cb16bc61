import { inspect, styleText } from "node:util";
import { EventforkError, messageOf } from "@eventfork/core/platform";

export type CommandOutput = { json: object; text: string };

type Tone = "good" | "waiting" | "bad" | "quiet";

const colours = { good: "green", waiting: "yellow", bad: "red", quiet: "dim" } as const;

const tones: Readonly<Record<string, Tone>> = {
  ...{ active: "good", delivered: "good", resolved: "good", ended: "good", ok: "good" },
  ...{ delivering: "waiting", retrying: "waiting", replaying: "waiting", running: "waiting", paused: "waiting" },
  ...{ dead: "bad", overdue: "bad", failed: "bad" },
  ...{ discarded: "quiet", cancelled: "quiet", "-": "quiet", never: "quiet", "?": "quiet" },
};

function colourWord(word: string): string {
  const tone = tones[word.split(":")[0] ?? ""];
  return tone === undefined ? word : styleText(colours[tone], word, { stream: process.stdout });
}

const heading = (text: string) => styleText("bold", text, { stream: process.stdout });

export function formatTable(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map(toOneLine));
  const widths = titles.map((title, column) => Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)));
  const before = widths.slice(0, -1).reduce((sum, width) => sum + width + gap.length, 0);
  const room = Math.max((process.stdout.columns ?? Number.POSITIVE_INFINITY) - before, minimumRoom);
  const format = (row: readonly string[], style: (cell: string) => string) =>
    row
      .map((cell, column) => {
        const isLast = column === titles.length - 1;
        const shown = isLast && cell.length > room ? `${cell.slice(0, room - 1)}…` : cell;
        const padding = isLast ? "" : " ".repeat((widths[column] ?? 0) - shown.length);
        return style(shown) + padding;
      })
      .join(gap)
      .trimEnd();
  return [format(titles, heading), ...cells.map((row) => format(row, colourWord))].join("\n");
}

const gap = "  ";
const minimumRoom = 20;

const toOneLine = (cell: string) => defuse(cell.replace(/\s+/g, " "));

/** Third parties' text cannot control the terminal: see `defuse`. */
export function printAnswer(answer: CommandOutput, isJson: boolean): void {
  process.stdout.write(`${isJson ? JSON.stringify(answer.json) : defuse(answer.text)}\n`);
}

export function printError(error: unknown, isJson: boolean): void {
  const isOurs = error instanceof EventforkError;
  const code = isOurs ? error.code : "UNEXPECTED";
  const problems = isOurs ? error.problems : [];
  if (isJson) process.stdout.write(`${JSON.stringify({ error: { code, message: messageOf(error), problems } })}\n`);
  else process.stderr.write(`${defuse(`eventfork: ${messageOf(error)}`)}\n`);
}

export function printRefusal(message: string): void {
  printError(new EventforkError("INVALID", message.replace(/^error: /, "")), true);
}

/** Escapes control characters, except the colors that this file adds. */
export function defuse(text: string): string {
  return text.replace(/(?![\n\t])\p{Cc}/gu, (character, at: number) => {
    if (ownColours.some((colour) => text.startsWith(colour, at))) return character;
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
}

const ownColours = ["bold", ...Object.values(colours)].flatMap((style) => {
  const [start = 0, end = 0] = inspect.colors[style] ?? [];
  return [`\u001B[${start}m`, `\u001B[${end}m`];
});
