import { formatDuration, intervalToDuration } from "date-fns";

/** "1 dead letter", "3,214 dead letters". */
export function pluralise(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

/** "2 minutes 5 seconds"; the two largest units are enough to plan by. */
export function saySeconds(seconds: number): string {
  const duration = intervalToDuration({ start: 0, end: Math.round(seconds) * 1_000 });
  const said = formatDuration(duration, { format: ["years", "months", "days", "hours", "minutes", "seconds"] });
  return said.split(" ").slice(0, 4).join(" ") || "0 seconds";
}
