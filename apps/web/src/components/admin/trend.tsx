import { sayNumber } from "@eventfork/core/kernel/numbers";
import { Sparkline } from "@/components/admin/charts/chart.tsx";
import { pluralise } from "@/lib/say.ts";

const series = [{ title: "Deaths", color: "var(--destructive-fill)" }];

export function Trend({ deaths }: { deaths: readonly number[] }) {
  const total = deaths.reduce((sum, count) => sum + count, 0);
  const span = deaths.length > 48 ? `${Math.round(deaths.length / 24)} days` : `${deaths.length} hours`;
  const peak = total === 0 ? "" : `, at most ${sayNumber(Math.max(...deaths))} in an hour`;
  const points = deaths.map((count, index) => {
    const hours = deaths.length - 1 - index;
    const time = hours === 0 ? "The hour that runs" : `${pluralise(hours, "hour")} ago`;
    return { short: time, full: time, values: [count] };
  });
  return (
    <figure className="flex w-40 shrink-0 flex-col gap-1">
      <Sparkline
        label={`${pluralise(total, "death")} in the last ${span}${peak}; ${sayNumber(deaths.at(-1) ?? 0)} in the hour that runs`}
        title={`Deaths by hour, in the last ${span}; hours without one are left out`}
        points={points}
        series={series}
        className="h-9 border-b"
      />
      <figcaption className="flex justify-between text-muted-foreground text-xs">
        <span>{span}</span>
        <span className="tabular-nums">{pluralise(total, "death")}</span>
      </figcaption>
    </figure>
  );
}
