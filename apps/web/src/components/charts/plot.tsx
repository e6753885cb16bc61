import { type PointerEvent, useState } from "react";

export type Series = { title: string; color: string };

export type Point = { short: string; full: string; values: readonly (number | null)[] };

type PlotProps = {
  title: string;
  kind: "bars" | "lines" | "sparkline";
  points: readonly Point[];
  series: readonly Series[];
  ticks: readonly number[];
  marks?: readonly number[];
  format: (value: number | null) => string;
};

export function Plot({ title, kind, points, series, ticks, marks = [], format }: PlotProps) {
  const [pointed, setPointed] = useState<number | null>(null);
  const index = pointed ?? points.length - 1;
  const point = points[index];
  const top = ticks.at(-1) ?? 1;
  if (point === undefined) return null;
  const rows = series.map(({ title }, of) => [title, format(point.values[of] ?? null)] as const);

  function follow({ currentTarget, clientX }: PointerEvent): void {
    const { left, width } = currentTarget.getBoundingClientRect();
    setPointed(Math.max(0, Math.min(points.length - 1, Math.floor(((clientX - left) / width) * points.length))));
  }

  return (
    <div
      className="relative size-full touch-pan-y rounded-xs outline-ring outline-offset-2 has-focus-visible:outline-2"
      onPointerDown={follow}
      onPointerMove={follow}
      onPointerLeave={() => setPointed(null)}
    >
      <svg
        aria-hidden
        viewBox={`0 0 ${points.length} 100`}
        preserveAspectRatio="none"
        fill="none"
        className="absolute inset-0 size-full overflow-visible *:[vector-effect:non-scaling-stroke]"
      >
        {kind !== "sparkline" && (
          <path
            d={ticks.map((tick) => `M0 ${100 - (tick / top) * 100}h${points.length}`).join("")}
            stroke="var(--border)"
            shapeRendering="crispEdges"
          />
        )}
        {pointed !== null &&
          (kind === "lines" ? (
            <path d={`M${index + 0.5} 0v100`} stroke="var(--muted-foreground)" />
          ) : (
            <path d={`M${index} 0h1v100h-1z`} fill="var(--accent)" />
          ))}
        {kind === "lines"
          ? drawLines(points, series, top)
          : drawBars(points, series, top, kind === "sparkline" ? 2.5 : 0.7)}
        {marks.length > 0 && (
          <path
            d={marks.map((mark) => `M${mark + 0.5} 0v100`).join("")}
            stroke="var(--foreground)"
            strokeDasharray="2 3"
          />
        )}
      </svg>
      {kind !== "sparkline" && (
        <input
          type="range"
          className="sr-only"
          aria-label={title}
          aria-valuetext={[point.full, ...rows.map((row) => row.join(": "))].join(", ")}
          max={points.length - 1}
          value={index}
          onChange={({ target }) => setPointed(target.valueAsNumber)}
          onFocus={() => setPointed(index)}
          onBlur={() => setPointed(null)}
        />
      )}
      {pointed !== null && (
        <div
          aria-hidden
          className={`pointer-events-none absolute z-10 w-48 rounded-md border bg-popover px-3 py-2 text-popover-foreground text-xs shadow-sm ${kind === "sparkline" ? "top-full mt-1" : "top-0"}`}
          style={placeBeside((index + 0.5) / points.length)}
        >
          <p className="text-muted-foreground">{point.full}</p>
          {rows.map(([name, value]) => (
            <p key={name} className="flex justify-between gap-4 tabular-nums">
              <span>{name}</span>
              <span className="font-medium">{value}</span>
            </p>
          ))}
        </div>
      )}
    </div>
  );
}

function placeBeside(share: number) {
  const [side, distance] = share < 0.5 ? (["left", share] as const) : (["right", 1 - share] as const);
  return { [side]: `min(${distance * 100}% + 0.5rem, 100% - 12rem)` };
}

function drawBars(points: readonly Point[], series: readonly Series[], top: number, smallest: number) {
  const edges = points.map(() => 100);
  return series.map(({ title, color }, of) => {
    const bars = points.map(({ values }, index) => {
      const size = values[of] ? Math.max(smallest, (values[of] / top) * 100) : 0;
      const edge = edges[index] ?? 100;
      edges[index] = edge - size;
      return size === 0 ? "" : `M${index + 0.08} ${edge}v${-size}h0.84v${size}z`;
    });
    return <path key={title} d={bars.join("")} fill={color} />;
  });
}

function drawLines(points: readonly Point[], series: readonly Series[], top: number) {
  return series.flatMap(({ title, color }, of) => {
    const yOf = (value: number) => 100 - (value / top) * 100;
    const places = points.flatMap(({ values }, index) => {
      const value = values[of];
      const isJoined = typeof points[index - 1]?.values[of] === "number";
      return typeof value === "number" ? [{ isJoined, at: `${index + 0.5} ${yOf(value)}` }] : [];
    });
    const line = places.map(({ isJoined, at }) => `${isJoined ? "L" : "M"}${at}`).join("");
    const dots = places.map(({ at }) => `M${at}h0`).join("");
    return [
      <path key={title} d={line} stroke={color} strokeWidth={1.5} strokeLinejoin="round" />,
      <path key={`${title} dots`} d={dots} stroke={color} strokeWidth={4} strokeLinecap="round" />,
    ];
  });
}
