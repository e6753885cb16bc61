import type { Bucket } from "@eventfork/core/rules";
import { format } from "date-fns";
import { ChartTable } from "@/components/admin/charts/chart-table.tsx";

const height = 64;
const barWidth = 10;
const gap = 2;

const layers = [
  { of: "both", title: "unchanged", className: "fill-muted-foreground/35" },
  { of: "gained", title: "gained", className: "fill-success-fill" },
  { of: "lost", title: "lost", className: "fill-destructive-fill" },
] as const;

/** When the events were that either rule lets through, and what would be gained and lost. */
export function DryRunChart({ buckets }: { buckets: readonly Bucket[] }) {
  const most = Math.max(1, ...buckets.map(({ both, gained, lost }) => both + gained + lost));
  const [first, last] = [buckets[0], buckets.at(-1)];
  if (first === undefined || last === undefined) return null;
  const say = (date: Date) => format(date, "d MMM, HH:mm");
  return (
    <figure className="flex flex-col gap-1.5">
      <svg
        viewBox={`0 0 ${buckets.length * (barWidth + gap)} ${height}`}
        preserveAspectRatio="none"
        aria-hidden
        className="h-20 w-full border-b"
      >
        {buckets.map((bucket, index) => (
          <g key={bucket.from.toISOString()} transform={`translate(${index * (barWidth + gap)} 0)`}>
            <title>{`from ${say(bucket.from)}: ${layers.map(({ of, title }) => `${bucket[of]} ${title}`).join(", ")}`}</title>
            {stack(bucket, most).map(({ of, y, size, className }) => (
              <rect key={of} x={0} y={y} width={barWidth} height={size} className={className} />
            ))}
          </g>
        ))}
      </svg>
      <figcaption className="flex flex-wrap justify-between gap-x-4 gap-y-1 text-muted-foreground text-xs">
        <span suppressHydrationWarning>{say(first.from)}</span>
        <span className="flex gap-3">
          {layers.map(({ of, title, className }) => (
            <span key={of} className="flex items-center gap-1.5">
              <svg aria-hidden viewBox="0 0 8 8" className="size-2">
                <rect width="8" height="8" rx="1.5" className={className} />
              </svg>
              {title}
            </span>
          ))}
        </span>
        <span suppressHydrationWarning>{say(last.from)}</span>
      </figcaption>
      <ChartTable
        caption="Events over time, in UTC"
        titles={["From", ...layers.map(({ title }) => title)]}
        rows={buckets.map((bucket) => [bucket.from.toISOString(), ...layers.map(({ of }) => String(bucket[of]))])}
      />
    </figure>
  );
}

function stack(bucket: Bucket, most: number) {
  let y = height;
  return layers
    .filter(({ of }) => bucket[of] > 0)
    .map((layer) => {
      const size = Math.max(1.5, (bucket[layer.of] / most) * height);
      y -= size;
      return { ...layer, y, size };
    });
}
