import { sayNumber } from "@eventfork/core/kernel/numbers";
import type { Outcomes, Range } from "@eventfork/core/rollups";
import { sayTime } from "./points.ts";
import { layers } from "./tries-layers.ts";

export type TriesPoint = { at: Date } & Outcomes;

/** What a bar stands for, beside the pointer. */
export function TriesTold({ range, point }: { range: Range; point: TriesPoint | undefined }) {
  if (point === undefined) return null;
  return (
    <div className="rounded-md border bg-popover px-3 py-2 text-popover-foreground text-xs shadow-sm">
      <p className="text-muted-foreground">{sayTime(point.at, range).full}</p>
      {layers.map(({ of, title }) => (
        <p key={of} className="flex justify-between gap-4 tabular-nums">
          <span>{title}</span>
          <span className="font-medium">{sayNumber(point[of])}</span>
        </p>
      ))}
    </div>
  );
}
