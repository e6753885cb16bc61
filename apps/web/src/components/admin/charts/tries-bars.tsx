"use client";

import type { Outcomes, Range } from "@eventfork/core/rollups";
import { Bar, BarChart, CartesianGrid, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { sayTime } from "./points.ts";
import { layers } from "./tries-layers.ts";

export type TriesPoint = { at: Date } & Outcomes;

type TriesBarsProps = {
  range: Range;
  points: readonly TriesPoint[];
  /** Without axes, as small as a line of text or two. */
  isSpark?: boolean;
  /** Indexes of the points in which something was changed. */
  marks?: readonly number[];
};

const tick = { fontSize: 11, fill: "var(--muted-foreground)" };

/** Loaded by itself: the chart library is larger than the rest of a page. */
export function TriesBars({ range, points, isSpark = false, marks = [] }: TriesBarsProps) {
  const data = points.map((point, index) => ({ ...point, index }));
  const say = (index: number) => sayTime(points[index]?.at ?? range.from, range);
  return (
    <ResponsiveContainer width="100%" height="100%">
      <BarChart
        data={data}
        margin={{ top: 4, right: 0, bottom: 0, left: 0 }}
        barCategoryGap={1}
        accessibilityLayer={false}
      >
        {!isSpark && <CartesianGrid vertical={false} stroke="var(--border)" />}
        <XAxis
          dataKey="index"
          hide={isSpark}
          tickFormatter={(index: number) => say(index).short}
          minTickGap={48}
          tick={tick}
          tickLine={false}
          axisLine={false}
        />
        <YAxis hide={isSpark} allowDecimals={false} width={40} tick={tick} tickLine={false} axisLine={false} />
        {marks.map((index) => (
          <ReferenceLine key={index} x={index} stroke="var(--foreground)" strokeDasharray="2 3" />
        ))}
        <Tooltip
          content={<Told range={range} />}
          cursor={{ fill: "var(--accent)" }}
          isAnimationActive={false}
          allowEscapeViewBox={{ x: false, y: isSpark }}
        />
        {layers.map(({ of, fill }) => (
          <Bar key={of} dataKey={of} stackId="tries" fill={fill} isAnimationActive={false} />
        ))}
      </BarChart>
    </ResponsiveContainer>
  );
}

function Told({ range, payload }: { range: Range; payload?: readonly { payload?: TriesPoint }[] }) {
  const point = payload?.[0]?.payload;
  if (point === undefined) return null;
  return (
    <div className="rounded-md border bg-popover px-3 py-2 text-popover-foreground text-xs shadow-sm">
      <p className="text-muted-foreground">{sayTime(point.at, range).full}</p>
      {layers.map(({ of, title }) => (
        <p key={of} className="flex justify-between gap-4 tabular-nums">
          <span>{title}</span>
          <span className="font-medium">{point[of].toLocaleString("en")}</span>
        </p>
      ))}
    </div>
  );
}
