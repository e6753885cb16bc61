import type { Bucket } from "@eventfork/core/rules";
import { format } from "date-fns";
import { Chart } from "@/components/admin/charts/chart.tsx";

const series = [
  { of: "both", title: "unchanged", color: "color-mix(in oklab, var(--muted-foreground) 35%, transparent)" },
  { of: "gained", title: "gained", color: "var(--success-fill)" },
  { of: "lost", title: "lost", color: "var(--destructive-fill)" },
] as const;

export function DryRunChart({ buckets }: { buckets: readonly Bucket[] }) {
  const points = buckets.map((bucket) => ({
    short: format(bucket.from, "d MMM, HH:mm"),
    full: format(bucket.from, "d MMM yyyy, HH:mm:ss"),
    values: series.map(({ of }) => bucket[of]),
  }));
  return <Chart title="Events over time" points={points} series={series} className="h-32" />;
}
