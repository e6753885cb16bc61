"use client";

import { useNow } from "@/hooks/use-now.ts";
import { sayDate, sayDistance } from "@/lib/say.ts";

/** Clocks differ a little. */
const nearMs = 1_500;

/** "3 seconds ago"; the title has the exact time, local and UTC. */
export function RelativeTime({ date, className }: { date: Date; className?: string }) {
  const now = useNow();
  const exact = `${sayDate(date, "second")} (${date.toISOString()})`;
  return (
    <time dateTime={date.toISOString()} title={exact} className={className} suppressHydrationWarning>
      {Math.abs(date.getTime() - now) < nearMs ? "now" : sayDistance(date.getTime() - now)}
    </time>
  );
}
