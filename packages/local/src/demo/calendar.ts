import { dayMs, hourMs } from "./clock.ts";

/** When what happens in the demo's fortnight happens, in milliseconds since 1970. */
export type Calendar = {
  from: number;
  until: number;
  launch: Span;
  newsletter: Span;
  /** Mail goes out in the last hours, so that what is shown of them goes over into the stream. */
  campaign: Span;
  slackOutage: Span;
  mailchimpBlip: Span;
  analyticsKey: Span;
  mailchimpPause: Span;
  badRule: Span;
  /** From then on some messages of analytics get lost on their way. */
  lostForAnalytics: number;
};

export type Span = { from: number; until: number };

const days = 14;

/** The fortnight before `until`. What people do at work lies on days on which they work. */
export function createCalendar(until: number): Calendar {
  const today = Math.floor(until / dayMs) * dayMs;
  const on = (daysBack: number, hours: number) => workingDay(today - daysBack * dayMs) + hours * hourMs;
  const lasting = (from: number, hours: number): Span => ({ from, until: from + hours * hourMs });
  const outage = on(3, 8.6);
  return {
    from: until - days * dayMs,
    until,
    launch: lasting(on(9, 14), 5),
    newsletter: lasting(outage + 4.4 * hourMs, 0.7),
    campaign: { from: until - 2 * hourMs, until },
    slackOutage: lasting(outage, 6.6),
    mailchimpBlip: lasting(until - 7.3 * hourMs, 0.5),
    analyticsKey: lasting(on(10, 9.2), 1.6),
    mailchimpPause: lasting(on(4, 9.5), 1.4),
    badRule: lasting(on(6, 10.2), 26.4),
    lostForAnalytics: on(8, 9.5),
  };
}

export function isWithin({ from, until }: Span, ms: number): boolean {
  return ms >= from && ms < until;
}

/** The day itself, or the Friday before. */
function workingDay(midnight: number): number {
  const weekday = new Date(midnight).getUTCDay();
  return midnight - (weekday === 6 ? 1 : weekday === 0 ? 2 : 0) * dayMs;
}
