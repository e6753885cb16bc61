"use client";

import { useSyncExternalStore } from "react";
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

const tickMs = 1_000;
const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === undefined) {
    now = Date.now();
    timer = setInterval(tick, tickMs);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function tick(): void {
  now = Date.now();
  for (const listener of listeners) listener();
}

/** Milliseconds, updated each second, the same for every component. */
export function useNow(): number {
  return useSyncExternalStore(
    subscribe,
    () => now,
    () => (typeof window === "undefined" ? Date.now() : now),
  );
}
