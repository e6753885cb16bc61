"use client";

import type { IntegrationFigures, Range } from "@eventfork/core/rollups";
import { Chart } from "./chart.tsx";
import { listStarts, sayLatency, sayTime, scaleLatency } from "./points.ts";

const series = [
  { title: "95 of 100 within", color: "var(--warning-fill)" },
  { title: "Half within", color: "var(--info-fill)" },
];

type LatencyChartProps = { title: string; range: Range; latency: IntegrationFigures["latency"] };

export function LatencyChart({ title, range, latency }: LatencyChartProps) {
  const known = new Map(latency.map(({ at, p50, p95 }) => [at.getTime(), [p95, p50]]));
  const points = listStarts(range).map((at) => ({
    ...sayTime(at, range),
    values: known.get(at.getTime()) ?? [null, null],
  }));
  return <Chart kind="lines" scale={scaleLatency} format={sayLatency} title={title} points={points} series={series} />;
}
