import type { Range } from "@eventfork/core/rollups";
import { type PointerEvent, useState } from "react";
import { layers } from "./tries-layers.ts";
import { type TriesPoint, TriesTold } from "./tries-told.tsx";

const height = 40;
const barWidth = 5;
const step = 6;

/** Bars as small as a line of text or two: drawn here, because a screen has many of them, and the chart library takes its time for each. */
export function TriesSpark({ range, points }: { range: Range; points: readonly TriesPoint[] }) {
  const [pointed, setPointed] = useState<number | null>(null);
  const width = points.length * step;

  function point({ currentTarget, clientX }: PointerEvent): void {
    const { left, width } = currentTarget.getBoundingClientRect();
    setPointed(Math.floor(((clientX - left) / width) * points.length));
  }

  return (
    <div className="relative size-full" onPointerMove={point} onPointerLeave={() => setPointed(null)}>
      <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden className="size-full">
        {pointed !== null && <rect x={pointed * step} width={step} height={height} className="fill-accent" />}
        {drawLayers(points).map(({ of, fill, path }) => (
          <path key={of} d={path} fill={fill} />
        ))}
      </svg>
      {pointed !== null && (
        <div
          className={`pointer-events-none absolute top-full z-10 mt-1 whitespace-nowrap ${pointed < points.length / 2 ? "left-0" : "right-0"}`}
        >
          <TriesTold range={range} point={points[pointed]} />
        </div>
      )}
    </div>
  );
}

/** A path for each way that tries end, upon those before it. */
function drawLayers(points: readonly TriesPoint[]) {
  const most = Math.max(1, ...points.map((point) => layers.reduce((sum, { of }) => sum + point[of], 0)));
  const tops = points.map(() => height);
  return layers.map(({ of, fill }) => {
    const bars = points.map((point, index) => {
      if (point[of] === 0) return "";
      const size = (point[of] / most) * (height - 4);
      const from = tops[index] ?? height;
      tops[index] = from - size;
      return `M${index * step} ${from}v${-size}h${barWidth}v${size}z`;
    });
    return { of, fill, path: bars.join("") };
  });
}
