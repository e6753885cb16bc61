"use client";

import { format, formatDistanceStrict } from "date-fns";
import { useNow } from "@/hooks/use-now.ts";

/** "3 seconds ago"; the title has the exact time, local and UTC. */
export function RelativeTime({ date, className }: { date: Date; className?: string }) {
  const now = useNow();
  const exact = `${format(date, "d MMM yyyy, HH:mm:ss")} (${date.toISOString()})`;
  return (
    <time dateTime={date.toISOString()} title={exact} className={className} suppressHydrationWarning>
      {sayDistance(date.getTime(), now)}
    </time>
  );
}

function sayDistance(time: number, now: number): string {
  // Clocks differ a little.
  if (Math.abs(time - now) < 1_500) return "now";
  return formatDistanceStrict(time, now, { addSuffix: true });
}
