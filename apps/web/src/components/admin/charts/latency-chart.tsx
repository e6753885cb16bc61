"use client";

import type { IntegrationFigures, Range } from "@eventfork/core/rollups";
import dynamic from "next/dynamic";
import { memo, useDeferredValue, useMemo } from "react";
import { ChartTable } from "@/components/admin/charts/chart-table.tsx";
import { Picture } from "@/components/admin/charts/picture.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { fill, sayLatency, sayTime } from "./points.ts";

export type LatencyPoint = IntegrationFigures["latency"][number];

const Lines = dynamic(() => import("./latency-lines.tsx").then(({ LatencyLines }) => LatencyLines), {
  ssr: false,
  loading: () => <Skeleton className="h-full" />,
});

const none = { p50: null, p95: null };
const keys = [
  ["bg-info-fill", "Half within"],
  ["bg-warning-fill", "95 of 100 within"],
] as const;

type LatencyProps = { title: string; range: Range; points: readonly LatencyPoint[] };

/** How long what was delivered took, interval by interval: a picture, and a table behind it. */
export function LatencyChart({ title, range, points }: LatencyProps) {
  const filled = useMemo(() => fill(range, points, none), [range, points]);
  return (
    <figure className="flex flex-col gap-3">
      <Picture className="h-48">
        <Lines range={range} points={filled} />
      </Picture>
      <figcaption className="flex flex-wrap gap-x-4 gap-y-1 text-muted-foreground text-xs">
        {keys.map(([dot, name]) => (
          <span key={name} className="flex items-center gap-1.5">
            <span aria-hidden className={`size-2 rounded-xs ${dot}`} />
            {name}
          </span>
        ))}
      </figcaption>
      <LatencyTable title={title} range={range} points={filled} />
    </figure>
  );
}

/** Rendered when nothing else waits, and not on the server, which does not know the viewer's zone. */
function LatencyTable({ title, range, points }: LatencyProps) {
  const now = useMemo(() => ({ range, points }), [range, points]);
  const shown = useDeferredValue(now, null);
  return shown === null ? null : <LatencyRows title={title} {...shown} />;
}

const LatencyRows = memo(function LatencyRows({ title, range, points }: LatencyProps) {
  const rows = points.map(({ at, p50, p95 }) => [sayTime(at, range).full, sayLatency(p50), sayLatency(p95)]);
  return <ChartTable caption={title} titles={["From", "Half within", "95 of 100 within"]} rows={rows} />;
});
