"use client";

import { useNow } from "@/hooks/use-now.ts";
import { formatDate, formatDistance } from "@/lib/format.ts";

const nearMs = 1_500;

export function RelativeTime({ date, className }: { date: Date; className?: string }) {
  const now = useNow();
  const exact = `${formatDate(date, "second")} (${date.toISOString()})`;
  return (
    <time dateTime={date.toISOString()} title={exact} className={className} suppressHydrationWarning>
      {Math.abs(date.getTime() - now) < nearMs ? "now" : formatDistance(date.getTime() - now)}
    </time>
  );
}
