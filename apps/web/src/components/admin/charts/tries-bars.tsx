"use client";

import type { Range } from "@eventfork/core/rollups";
import { Bar, BarChart, CartesianGrid, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { sayTime } from "./points.ts";
import { barCursor } from "./told.tsx";
import { layers } from "./tries-layers.ts";
import { type TriesPoint, TriesTold } from "./tries-told.tsx";

type TriesBarsProps = {
  range: Range;
  points: readonly TriesPoint[];
  /** Indexes of the points in which something was changed. */
  marks: readonly number[];
};

const tick = { fontSize: 11, fill: "var(--muted-foreground)" };

/** Loaded by itself: the chart library is larger than the rest of a page. */
export function TriesBars({ range, points, marks }: TriesBarsProps) {
  const data = points.map((point, index) => ({ ...point, index }));
  return (
    <ResponsiveContainer width="100%" height="100%">
      <BarChart
        data={data}
        margin={{ top: 4, right: 0, bottom: 0, left: 0 }}
        barCategoryGap={1}
        accessibilityLayer={false}
      >
        <CartesianGrid vertical={false} stroke="var(--border)" />
        <XAxis
          dataKey="index"
          tickFormatter={(index: number) => sayTime(points[index]?.at ?? range.from, range).short}
          minTickGap={48}
          tick={tick}
          tickLine={false}
          axisLine={false}
        />
        <YAxis allowDecimals={false} width={40} tick={tick} tickLine={false} axisLine={false} />
        {marks.map((index) => (
          <ReferenceLine key={index} x={index} stroke="var(--foreground)" strokeDasharray="2 3" />
        ))}
        <Tooltip content={<Told range={range} />} cursor={barCursor} isAnimationActive={false} />
        {layers.map(({ of, fill }) => (
          <Bar key={of} dataKey={of} stackId="tries" fill={fill} isAnimationActive={false} />
        ))}
      </BarChart>
    </ResponsiveContainer>
  );
}

function Told({ range, payload }: { range: Range; payload?: readonly { payload?: TriesPoint }[] }) {
  return <TriesTold range={range} point={payload?.[0]?.payload} />;
}
