"use client";

import { formatNumber } from "@eventfork/core/platform/text/numbers";
import { useIsHydrated } from "@/lib/hooks.ts";
import { cn } from "@/lib/utils.ts";
import { Plot, type Point, type Series } from "./plot.tsx";
import { scaleCounts } from "./points.ts";

type Values = { title: string; points: readonly Point[]; series: readonly Series[] };
type Format = (value: number | null) => string;

type ChartProps = Values & {
  kind?: "bars" | "lines";
  className?: string;
  marks?: readonly number[];
  scale?: (largest: number) => number[];
  format?: Format;
};

const mostLabels = 8;
const formatCount: Format = (count) => formatNumber(count ?? 0);
const addUp = (values: Point["values"]) => values.reduce<number>((sum, value) => sum + (value ?? 0), 0);

export function Chart(props: ChartProps) {
  const {
    title,
    points,
    series,
    kind = "bars",
    className,
    marks = [],
    scale = scaleCounts,
    format = formatCount,
  } = props;
  const isHydrated = useIsHydrated();
  const ticks = scale(
    Math.max(0, ...points.flatMap(({ values }) => (kind === "bars" ? addUp(values) : values)).map(Number)),
  );
  const step = Math.ceil(points.length / mostLabels);
  return (
    <figure className="@container flex flex-col gap-2 text-muted-foreground">
      <div
        aria-busy={!isHydrated}
        className={cn(
          "grid h-48 grid-cols-[auto_minmax(0,1fr)] grid-rows-[minmax(0,1fr)_auto] gap-x-2 pt-1.5 text-[0.6875rem]",
          className,
        )}
      >
        {isHydrated && (
          <>
            <div
              aria-hidden
              className="flex min-w-6 flex-col-reverse justify-between text-right tabular-nums leading-0"
            >
              {ticks.map((tick) => (
                <span key={tick} className="h-0">
                  {format(tick)}
                </span>
              ))}
            </div>
            <Plot {...{ title, kind, points, series, ticks, marks, format }} />
            <div aria-hidden className="relative col-start-2 h-6">
              {points.map(
                ({ short, full }, index) =>
                  index % step === Math.floor(step / 2) && (
                    <span
                      key={full}
                      className="absolute bottom-0 -translate-x-1/2 whitespace-nowrap @max-2xl:even:hidden @max-sm:not-nth-[4n+1]:hidden"
                      style={{ left: `${((index + 0.5) / points.length) * 100}%` }}
                    >
                      {short}
                    </span>
                  ),
              )}
            </div>
          </>
        )}
      </div>
      {series.length > 1 && (
        <figcaption className="flex flex-wrap gap-x-4 gap-y-1 text-xs">
          {series.map(({ title, color }) => (
            <span key={title} className="flex items-center gap-1.5">
              <span aria-hidden className="size-2 rounded-xs" style={{ background: color }} />
              {title}
            </span>
          ))}
        </figcaption>
      )}
      {isHydrated && <ChartTable {...{ title, points, series, format }} />}
    </figure>
  );
}

export function Sparkline({ label, title, points, series, className }: Values & { label: string; className?: string }) {
  const isHydrated = useIsHydrated();
  const sums = points.map(({ values }) => addUp(values));
  const counted = points.filter((_, index) => sums[index] !== 0);
  const ticks = [Math.max(1, ...sums)];
  return (
    <>
      <div role="img" aria-label={label} aria-busy={!isHydrated} className={cn("h-10", className)}>
        {isHydrated && <Plot kind="sparkline" format={formatCount} {...{ title, points, series, ticks }} />}
      </div>
      {isHydrated && <ChartTable {...{ title, points: counted, series, format: formatCount }} />}
    </>
  );
}

function ChartTable({ title, points, series, format }: Values & { format: Format }) {
  return (
    <div className="sr-only">
      <table>
        <caption>{title}</caption>
        <thead>
          <tr>
            <th scope="col">From</th>
            {series.map(({ title }) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {points.map(({ full, values }) => (
            <tr key={full}>
              <th scope="row">{full}</th>
              {series.map(({ title }, of) => (
                <td key={title}>{format(values[of] ?? null)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
