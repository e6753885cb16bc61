"use client";

import type { Range } from "@eventfork/core/rollups";
import dynamic from "next/dynamic";
import { memo, useDeferredValue, useMemo } from "react";
import { ChartTable } from "@/components/admin/charts/chart-table.tsx";
import { Picture } from "@/components/admin/charts/picture.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { useIsHydrated } from "@/hooks/use-is-hydrated.ts";
import { fill, indexOf, sayTime } from "./points.ts";
import { layers } from "./tries-layers.ts";
import { TriesSpark } from "./tries-spark.tsx";
import type { TriesPoint } from "./tries-told.tsx";

const Bars = dynamic(() => import("./tries-bars.tsx").then(({ TriesBars }) => TriesBars), {
  ssr: false,
  loading: () => <Skeleton className="h-full" />,
});

const none = { delivered: 0, retried: 0, refused: 0, died: 0 };

type TriesProps = { title: string; range: Range; points: readonly TriesPoint[] };

type TriesChartProps = TriesProps & {
  /** When something was changed that may show in the chart. */
  changes?: readonly Date[];
};

/** How tries ended, interval by interval: a picture, and a table behind it. */
export function TriesChart({ title, range, points, changes = [] }: TriesChartProps) {
  const filled = useMemo(() => fill(range, points, none), [range, points]);
  const starts = filled.map(({ at }) => at);
  const marks = [...new Set(changes.map((at) => indexOf(starts, at)))].filter((index) => index >= 0);
  return (
    <figure className="flex flex-col gap-3">
      <Picture className="h-48">
        <Bars range={range} points={filled} marks={marks} />
      </Picture>
      <figcaption className="flex flex-wrap gap-x-4 gap-y-1 text-muted-foreground text-xs">
        {layers.map(({ of, title, fill }) => (
          <span key={of} className="flex items-center gap-1.5">
            <svg aria-hidden viewBox="0 0 8 8" className="size-2">
              <rect width="8" height="8" rx="1.5" fill={fill} />
            </svg>
            {title}
          </span>
        ))}
      </figcaption>
      <TriesTable title={title} range={range} points={filled} />
    </figure>
  );
}

/** The same without axes and legend, for a card; its table leaves out when there was none. */
export function SmallTriesChart({ title, range, points }: TriesProps) {
  // The server does not know the viewer's zone.
  const isHydrated = useIsHydrated();
  const filled = useMemo(() => fill(range, points, none), [range, points]);
  return (
    <figure>
      <div aria-hidden className="h-10">
        {isHydrated && <TriesSpark range={range} points={filled} />}
      </div>
      <TriesTable title={title} range={range} points={points} />
    </figure>
  );
}

/** Of use without haste, and long: it is rendered when nothing else waits, and not on the server, which does not know the viewer's zone. */
function TriesTable({ title, range, points }: TriesProps) {
  const now = useMemo(() => ({ range, points }), [range, points]);
  const shown = useDeferredValue(now, null);
  return shown === null ? null : <TriesRows title={title} {...shown} />;
}

const TriesRows = memo(function TriesRows({ title, range, points }: TriesProps) {
  const titles = ["From", ...layers.map(({ title }) => title)];
  const rows = points.map((point) => [sayTime(point.at, range).full, ...layers.map(({ of }) => String(point[of]))]);
  return <ChartTable caption={title} titles={titles} rows={rows} />;
});
