import { formatNumber } from "@eventfork/core/platform/text/numbers";
import type { ReplayFigures } from "@eventfork/core/replays";
import { cn } from "@/lib/utils.ts";

export const segments = [
  { of: "delivered", title: "Delivered", fill: "bg-success-fill" },
  { of: "failed", title: "Failed", fill: "bg-destructive-fill" },
  { of: "inFlight", title: "In flight", fill: "bg-info-fill" },
  { of: "skipped", title: "Skipped", fill: "bg-muted-foreground/50" },
  { of: "cancelled", title: "Not sent", fill: "bg-warning-fill" },
  { of: "remaining", title: "Remaining", fill: "border border-input bg-muted" },
] as const;

export function ProgressBar({ figures, className }: { figures: ReplayFigures; className?: string }) {
  const shown = segments.filter(({ of }) => figures[of] > 0);
  const label = shown.map(({ of, title }) => `${formatNumber(figures[of])} ${title.toLowerCase()}`).join(", ");
  return (
    <div
      role="img"
      aria-label={label === "" ? "Nothing yet" : label}
      className={cn("flex h-1.5 w-full overflow-hidden rounded-full bg-muted", className)}
    >
      {shown.map(({ of, fill }) => (
        <span key={of} style={{ flexGrow: figures[of] }} className={cn(fill, "border-0")} />
      ))}
    </div>
  );
}
