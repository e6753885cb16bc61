import { dayMs, hourMs, minuteMs } from "@eventfork/core/rollups/presets";

export type Span = { from: number; until: number };
export type Calendar = ReturnType<typeof createCalendar>;

export function createCalendar(until: number) {
  const today = Math.floor(until / dayMs) * dayMs;
  const on = (daysBack: number, hour: number) => workingDay(today - daysBack * dayMs) + hour * hourMs;
  const lasting = (from: number, hours: number): Span => ({ from, until: from + hours * hourMs });
  const outage = on(3, 8.6);
  return {
    ...{ from: until - 14 * dayMs, until },
    expiredKey: lasting(on(10, 9.2), 1.65),
    launch: lasting(on(9, 14), 5),
    lostMessages: lasting(on(8, 9.5), 6),
    badRule: lasting(on(6, 10.2), 26.4),
    goodRuleFrom: on(6, 10.2) + 27.6 * hourMs,
    mailchimpPause: lasting(on(4, 9.5), 1.4),
    slackOutage: lasting(outage, 6.65),
    newsletter: lasting(outage + 4.4 * hourMs, 0.7),
    breakerOpensAt: outage + 4.4 * hourMs + 2.5 * minuteMs,
    campaign: { from: until - 2 * hourMs, until },
  };
}

export function isWithin({ from, until }: Span, ms: number): boolean {
  return ms >= from && ms < until;
}

export function isWeekend(ms: number): boolean {
  return (Math.floor(ms / dayMs) + 5) % 7 < 2;
}

function workingDay(midnight: number): number {
  return isWeekend(midnight) ? workingDay(midnight - dayMs) : midnight;
}
