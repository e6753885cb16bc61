import { dayMs, hourMs, minuteMs } from "./presets.ts";

/** Days; hours are kept as long as events. An older range shows whole hours. */
const minuteDays = 8;

export const startOfMinute = (at: Date) => new Date(Math.floor(at.getTime() / minuteMs) * minuteMs);
export const startOfHour = (at: Date) => new Date(Math.floor(at.getTime() / hourMs) * hourMs);
export const endOfMinute = (at: Date) => new Date(startOfMinute(at).getTime() + minuteMs);
export const endOfHour = (at: Date) => new Date(startOfHour(at).getTime() + hourMs);

export const keepsMinutesFrom = (now: Date) => startOfHour(new Date(now.getTime() - minuteDays * dayMs + hourMs));
