import { sayNumber } from "@eventfork/core/kernel/numbers";
import type { ReplayFigures } from "@eventfork/core/replays";
import { cn } from "@/lib/utils.ts";

export const segments = [
  { of: "delivered", title: "Delivered", bar: "fill-success-fill", dot: "bg-success-fill" },
  { of: "failed", title: "Failed again", bar: "fill-destructive-fill", dot: "bg-destructive-fill" },
  { of: "inFlight", title: "In flight", bar: "fill-info-fill", dot: "bg-info-fill" },
  { of: "skipped", title: "Skipped", bar: "fill-muted-foreground/50", dot: "bg-muted-foreground/50" },
  { of: "cancelled", title: "Not sent", bar: "fill-warning-fill", dot: "bg-warning-fill" },
  { of: "remaining", title: "Remaining", bar: "fill-transparent", dot: "border border-input bg-muted" },
] as const;

const width = 1_000;

/** How far a replay is, as one bar; what it means is also its label. */
export function ProgressBar({ figures, className }: { figures: ReplayFigures; className?: string }) {
  const said = segments.filter(({ of }) => figures[of] > 0);
  const label = said.map(({ of, title }) => `${sayNumber(figures[of])} ${title.toLowerCase()}`).join(", ");
  const starts = said.map(({ of }, index) => ({
    of,
    x: said.slice(0, index).reduce((sum, before) => sum + figures[before.of], 0),
  }));
  const scale = width / Math.max(1, figures.total);
  return (
    <svg
      role="img"
      aria-label={label === "" ? "Nothing yet" : label}
      viewBox={`0 0 ${width} 8`}
      preserveAspectRatio="none"
      className={cn("h-1.5 w-full overflow-hidden rounded-full bg-muted", className)}
    >
      {said.map(({ of, bar }, index) => (
        <rect key={of} x={(starts[index]?.x ?? 0) * scale} width={figures[of] * scale} height={8} className={bar} />
      ))}
    </svg>
  );
}
