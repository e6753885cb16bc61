import { sayNumber } from "@eventfork/core/kernel/numbers";
import { ChartTable } from "@/components/admin/charts/chart-table.tsx";
import { pluralise } from "@/lib/say.ts";

const height = 36;
const barWidth = 5;
const gap = 1;

/** Deaths an hour as small bars, the hour that runs at the right; what they show is said in words, and in a table, too. */
export function Trend({ deaths }: { deaths: readonly number[] }) {
  const most = Math.max(1, ...deaths);
  const total = deaths.reduce((sum, count) => sum + count, 0);
  const span = deaths.length > 48 ? `${Math.round(deaths.length / 24)} days` : `${deaths.length} hours`;
  const peak = total === 0 ? "" : `, at most ${sayNumber(most)} in an hour`;
  const bars = deaths.map((count, hour) => {
    const size = count === 0 ? 0 : Math.max(2, (count / most) * height);
    return `M${hour * (barWidth + gap)} ${height}v${-size}h${barWidth}v${size}z`;
  });
  return (
    <figure className="flex w-40 shrink-0 flex-col gap-1">
      <svg
        viewBox={`0 0 ${deaths.length * (barWidth + gap)} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${pluralise(total, "death")} in the last ${span}${peak}; ${sayNumber(deaths.at(-1) ?? 0)} in the hour that runs`}
        className="h-9 w-full border-b"
      >
        <path d={bars.join("")} className="fill-destructive-fill" />
      </svg>
      <figcaption className="flex justify-between text-muted-foreground text-xs">
        <span>{span}</span>
        <span className="tabular-nums">{pluralise(total, "death")}</span>
      </figcaption>
      {total > 0 && (
        <ChartTable
          caption={`Deaths by hour, in the last ${span}; hours without one are left out`}
          titles={["Hour", "Deaths"]}
          rows={deaths.flatMap((count, hour) =>
            count === 0 ? [] : [[sayAgo(deaths.length - 1 - hour), String(count)]],
          )}
        />
      )}
    </figure>
  );
}

function sayAgo(hours: number): string {
  return hours === 0 ? "The hour that runs" : `${pluralise(hours, "hour")} ago`;
}
