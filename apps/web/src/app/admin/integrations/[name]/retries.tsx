import type { IntegrationDetail } from "@eventfork/core/integrations";
import { Part } from "@/components/admin/part.tsx";
import { saySeconds } from "@/lib/say.ts";

const ticks = [
  [1, "1 s"],
  [60, "1 min"],
  [3_600, "1 h"],
] as const;

/** On a logarithmic scale: an hour is as far from a minute as a minute from a second. */
export function Retries({ detail: { retries, settings } }: { detail: IntegrationDetail }) {
  const last = retries.at(-1)?.since.latest ?? 1;
  const at = (seconds: number) => (Math.log10(Math.max(1, seconds)) / Math.log10(Math.max(10, last))) * 100;
  const scale = settings?.retryScale ?? 1;
  return (
    <Part title="When it is tried again">
      <p className="text-muted-foreground text-sm">
        Each wait is a random time up to a bound that doubles, so that those who failed together do not come back
        together. Counted from the first failure.
      </p>
      <div className="flex flex-col gap-1">
        <ol start={2} className="flex flex-col gap-1 text-xs">
          {retries.map(({ attempt, wait, since }) => (
            <li key={attempt} className="grid grid-cols-[3rem_1fr_7.5rem] items-center gap-2">
              <span className="tabular-nums">Try {attempt}</span>
              <span
                className="relative h-3 rounded-sm bg-muted"
                title={`${saySeconds(wait.earliest)} to ${saySeconds(wait.latest)} after the failure before it`}
              >
                <span
                  aria-hidden
                  className="absolute inset-y-0 min-w-1 rounded-sm bg-info-fill"
                  style={{ left: `${at(since.earliest)}%`, width: `${at(since.latest) - at(since.earliest)}%` }}
                />
              </span>
              <span className="whitespace-nowrap text-right text-muted-foreground tabular-nums">
                <span className="sr-only">comes </span>within {sayShort(since.latest)}
              </span>
            </li>
          ))}
        </ol>
        <div aria-hidden className="grid grid-cols-[3rem_1fr_7.5rem] gap-2 text-muted-foreground text-xs">
          <span />
          <span className="relative h-4">
            {ticks
              .filter(([seconds]) => seconds <= last)
              .map(([seconds, label]) => (
                <span
                  key={label}
                  className="absolute -translate-x-1/2 whitespace-nowrap first:translate-x-0"
                  style={{ left: `${at(seconds)}%` }}
                >
                  {label}
                </span>
              ))}
          </span>
        </div>
      </div>
      {scale !== 1 && (
        <p className="text-muted-foreground text-xs">
          Here every wait is multiplied by {scale} (EVENTFORK_RETRY_SCALE).
        </p>
      )}
    </Part>
  );
}

function sayShort(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60)];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${Math.round(seconds % 60)} s` : `${Math.round(seconds)} s`;
}
