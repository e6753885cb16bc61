import { sayNumber } from "@eventfork/core/kernel/numbers";
import { formatDuration, intervalToDuration } from "date-fns";

/** "1 dead letter", "3,214 dead letters". */
export function pluralise(count: number, one: string, many = `${one}s`): string {
  return `${sayNumber(count)} ${count === 1 ? one : many}`;
}

/** The two largest units: "2 minutes 5 seconds". */
export function saySeconds(seconds: number): string {
  const duration = intervalToDuration({ start: 0, end: Math.round(seconds) * 1_000 });
  const said = formatDuration(duration, { format: ["years", "months", "days", "hours", "minutes", "seconds"] });
  return said.split(" ").slice(0, 4).join(" ") || "0 seconds";
}

const tailLength = 6;

export function shortenId(id: string): string {
  const prefix = id.slice(0, id.indexOf("_") + 1);
  return id.length > prefix.length + tailLength ? `${prefix}…${id.slice(-tailLength)}` : id;
}
