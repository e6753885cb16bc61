import { dayMs, hourMs, minuteMs } from "./presets.ts";

/** How long minutes are kept; hours are kept as long as events. A range that begins before is shown by whole hours. */
const minuteDays = 8;

export const startOfMinute = (at: Date) => new Date(Math.floor(at.getTime() / minuteMs) * minuteMs);
export const startOfHour = (at: Date) => new Date(Math.floor(at.getTime() / hourMs) * hourMs);
/** The end of the minute or hour that a time lies in. */
export const endOfMinute = (at: Date) => new Date(startOfMinute(at).getTime() + minuteMs);
export const endOfHour = (at: Date) => new Date(startOfHour(at).getTime() + hourMs);

/** The first hour whose minutes are kept. */
export const keepsMinutesFrom = (now: Date) => startOfHour(new Date(now.getTime() - minuteDays * dayMs + hourMs));
