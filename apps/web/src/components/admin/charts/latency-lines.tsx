"use client";

import type { Range } from "@eventfork/core/rollups";
import { CartesianGrid, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import type { LatencyPoint } from "./latency-chart.tsx";
import { sayLatency, sayLatencyLine, sayTime, scaleLatency } from "./points.ts";
import { lineCursor, Told } from "./told.tsx";

const lines = [
  { of: "p95", title: "95 of 100 within", stroke: "var(--warning-fill)" },
  { of: "p50", title: "Half within", stroke: "var(--info-fill)" },
] as const;

const tick = { fontSize: 11, fill: "var(--muted-foreground)" };

/** Loaded by itself: the chart library is larger than the rest of a page. */
export function LatencyLines({ range, points }: { range: Range; points: readonly LatencyPoint[] }) {
  const data = points.map((point, index) => ({ ...point, index }));
  const scale = scaleLatency(points.flatMap(({ p50, p95 }) => [p50, p95]));
  return (
    <ResponsiveContainer width="100%" height="100%">
      <LineChart data={data} margin={{ top: 4, right: 4, bottom: 0, left: 0 }} accessibilityLayer={false}>
        <CartesianGrid vertical={false} stroke="var(--border)" />
        <XAxis
          dataKey="index"
          tickFormatter={(index: number) => sayTime(points[index]?.at ?? range.from, range).short}
          minTickGap={48}
          tick={tick}
          tickLine={false}
          axisLine={false}
        />
        <YAxis
          domain={[0, scale.at(-1) ?? 0]}
          ticks={scale}
          tickFormatter={sayLatencyLine}
          interval={0}
          width={64}
          tick={tick}
          tickLine={false}
          axisLine={false}
        />
        <Tooltip content={<LatencyTold range={range} />} cursor={lineCursor} isAnimationActive={false} />
        {lines.map(({ of, stroke }) => (
          <Line
            key={of}
            dataKey={of}
            stroke={stroke}
            strokeWidth={1.5}
            dot={{ r: 2, fill: stroke, strokeWidth: 0 }}
            isAnimationActive={false}
          />
        ))}
      </LineChart>
    </ResponsiveContainer>
  );
}

function LatencyTold({ range, payload }: { range: Range; payload?: readonly { payload?: LatencyPoint }[] }) {
  const point = payload?.[0]?.payload;
  if (point === undefined) return null;
  const rows = lines.map(({ of, title }) => [title, sayLatency(point[of])] as const);
  return <Told title={sayTime(point.at, range).full} rows={rows} />;
}
