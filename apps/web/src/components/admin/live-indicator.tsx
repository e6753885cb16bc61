import { refreshEveryMs } from "@/lib/refresh.ts";
import { cn } from "@/lib/utils.ts";

export function LiveIndicator({ isFailing }: { isFailing: boolean }) {
  return (
    <span role="status" className="inline-flex items-center gap-2 text-xs text-muted-foreground">
      <span aria-hidden className={cn("size-2 rounded-full", isFailing ? "bg-warning-fill" : "bg-success-fill")} />
      {isFailing ? "No answer from the server; trying again" : "Live"}
    </span>
  );
}

/** Options of a query that is read again and again, but not in a hidden tab. */
export function live<Options extends object>(options: Options, everyMs = refreshEveryMs) {
  return { ...options, refetchInterval: everyMs };
}
