"use client";

import type { Outcomes, Range } from "@eventfork/core/rollups";
import { Chart, Sparkline } from "./chart.tsx";
import { formatTime, listStarts } from "./points.ts";

const series = [
  { of: "delivered", title: "Delivered", color: "var(--success-fill)" },
  { of: "retried", title: "Failed (will retry)", color: "var(--warning-fill)" },
  { of: "refused", title: "Credentials rejected", color: "var(--info-fill)" },
  { of: "deadLettered", title: "Dead-lettered", color: "var(--destructive-fill)" },
] as const;

type AttemptsProps = {
  title: string;
  range: Range;
  counts: readonly ({ at: Date } & Outcomes)[];
};

function toPoints({ range, counts }: Omit<AttemptsProps, "title">) {
  const byTime = Map.groupBy(counts, ({ at }) => at.getTime());
  return listStarts(range).map((at) => {
    const counted = byTime.get(at.getTime()) ?? [];
    return {
      ...formatTime(at, range),
      values: series.map(({ of }) => counted.reduce((sum, count) => sum + count[of], 0)),
    };
  });
}

export function AttemptsChart({ changes = [], ...props }: AttemptsProps & { changes?: readonly Date[] }) {
  const starts = listStarts(props.range);
  const marks = new Set(changes.map((at) => starts.findLastIndex((start) => start <= at)));
  return (
    <Chart
      title={props.title}
      points={toPoints(props)}
      series={series}
      marks={[...marks].filter((mark) => mark >= 0)}
    />
  );
}

export function AttemptsSparkline(props: AttemptsProps) {
  return <Sparkline label={props.title} title={props.title} points={toPoints(props)} series={series} />;
}
