"use client";

import { formatNumber } from "@eventfork/core/platform/text/numbers";
import type { IntegrationFigures, Range } from "@eventfork/core/rollups";
import type { IntegrationName } from "@eventfork/core/topology";
import { useSuspenseQuery } from "@tanstack/react-query";
import { AttemptsChart } from "@/components/charts/attempts-chart.tsx";
import { Chart } from "@/components/charts/chart.tsx";
import { formatLatency, formatTime, listStarts, scaleLatency } from "@/components/charts/points.ts";
import { RangePicker, useRange } from "@/components/forms/range-picker.tsx";
import { live, SectionCard } from "@/components/layout/page-layout.tsx";
import { cn } from "@/lib/utils.ts";
import { useTRPC } from "@/trpc/client.tsx";

const refreshEveryMs = 10_000;

export function Figures({ name }: { name: IntegrationName }) {
  const trpc = useTRPC();
  const { input, isChanging, state, setState } = useRange();
  const { data } = useSuspenseQuery(
    live(trpc.integrations.figures.queryOptions({ integration: name, ...input }), refreshEveryMs),
  );
  return (
    <SectionCard title="Outcomes and latency" aside={<RangePicker state={state} onChange={setState} />}>
      <div className={cn("flex flex-col gap-4 transition-opacity", isChanging && "opacity-60")}>
        <Pictures data={data} />
      </div>
    </SectionCard>
  );
}

function Pictures({ data: { range, figures, latency } }: { data: IntegrationFigures }) {
  if (figures.points.length === 0) {
    return <p className="text-muted-foreground text-sm">Nothing was tried in this time.</p>;
  }
  const { delivered, retried, deadLettered, p50, p95 } = figures;
  const facts = [
    ["Delivered", formatNumber(delivered)],
    ["Failed attempts", formatNumber(retried)],
    ["Dead-lettered", formatNumber(deadLettered)],
    ["Latency p50", formatLatency(p50)],
    ["Latency p95", formatLatency(p95)],
  ] as const;
  return (
    <>
      <dl className="flex flex-wrap gap-x-8 gap-y-3">
        {facts.map(([title, value]) => (
          <div key={title}>
            <dt className="text-muted-foreground text-xs">{title}</dt>
            <dd className="font-medium text-lg tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
      <div className="grid gap-6 lg:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-2">
          <h3 className="text-muted-foreground text-xs">Attempts by outcome</h3>
          <AttemptsChart title="Attempts by outcome" range={range} counts={figures.points} />
        </div>
        <div className="flex min-w-0 flex-col gap-2">
          <h3 className="text-muted-foreground text-xs">From the event to its delivery</h3>
          <LatencyChart title="From the event to its delivery" range={range} latency={latency} />
        </div>
      </div>
    </>
  );
}

const series = [
  { title: "Latency p95", color: "var(--warning-fill)" },
  { title: "Latency p50", color: "var(--info-fill)" },
];

type LatencyChartProps = { title: string; range: Range; latency: IntegrationFigures["latency"] };

function LatencyChart({ title, range, latency }: LatencyChartProps) {
  const known = new Map(latency.map(({ at, p50, p95 }) => [at.getTime(), [p95, p50]]));
  const points = listStarts(range).map((at) => ({
    ...formatTime(at, range),
    values: known.get(at.getTime()) ?? [null, null],
  }));
  return (
    <Chart kind="lines" scale={scaleLatency} format={formatLatency} title={title} points={points} series={series} />
  );
}
