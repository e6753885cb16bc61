import type { IntegrationSetting, IntegrationSettings } from "@eventfork/core/integrations";
import type { IntegrationDetail, IntegrationStatus } from "@eventfork/core/overview";
import { formatNumber } from "@eventfork/core/platform/text/numbers";
import { SectionCard } from "@/components/layout/page-layout.tsx";
import { type Column, DataTable } from "@/components/table/data-table.tsx";
import { Badge } from "@/components/ui/badge.tsx";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import { formatSeconds, pluralise } from "@/lib/format.ts";

const sources = { environment: "the environment", link: "a link of SST's", default: "its default" };

const columns: readonly Column<IntegrationSetting>[] = [
  { title: "Setting", isMain: true, cell: ({ name }) => <span className="break-all font-mono text-xs">{name}</span> },
  {
    title: "State",
    cell: ({ isSet }) => <Badge variant={isSet ? "success" : "neutral"}>{isSet ? "Set" : "Not set"}</Badge>,
  },
  {
    title: "Value",
    from: "sm",
    className: "max-w-sm",
    cell: ({ value, isSecret, isSet }) =>
      isSecret ? (
        <span className="text-muted-foreground">{isSet ? "Kept secret" : "None"}</span>
      ) : (
        <span className="break-all">{value ?? "None"}</span>
      ),
  },
  {
    title: "From",
    from: "md",
    cell: ({ source }) => <span className="text-muted-foreground">{source === null ? "" : sources[source]}</span>,
  },
];

export function Settings({ settings }: { settings: IntegrationSettings | null }) {
  if (settings === null) {
    return (
      <SectionCard title="Settings in effect">
        <p className="text-muted-foreground text-sm">
          Not known yet: its consumer says what it is set to when it starts, which the first event or a test makes it
          do.
        </p>
      </SectionCard>
    );
  }
  const { host, isSandbox, problem, reportedAt, settings: rows } = settings;
  return (
    <SectionCard
      title="Settings in effect"
      aside={
        <Badge variant={isSandbox ? "info" : "neutral"}>{isSandbox ? "The sandbox" : "The real third party"}</Badge>
      }
    >
      {problem !== null && <p className="whitespace-pre-line break-words text-destructive text-sm">{problem}</p>}
      <div className="-mx-5 border-y">
        <DataTable rows={rows} keyOf={({ name }) => name} columns={columns} />
      </div>
      <p className="text-muted-foreground text-xs">
        {host !== null && <>Talks to {host}. </>}
        As its consumer found them when it started <RelativeTime date={reportedAt} />. Changed with the deployment, not
        here.
      </p>
    </SectionCard>
  );
}

type LimitsProps = { detail: IntegrationDetail; queue: IntegrationStatus["queue"] };

export function Limits({ detail: { limits }, queue }: LimitsProps) {
  const { batch, maximumConcurrency, timeoutSeconds, replayPerSecond, request, attempts } = limits;
  const facts = [
    [
      "A call",
      <code key="call" className="break-all font-mono text-xs">
        {request}
      </code>,
    ],
    ["Events in a batch", `${batch.size} at most, gathered for ${pluralise(batch.windowSeconds, "second")}`],
    ["Batches at once", `${maximumConcurrency} at most`],
    ["Time for a batch", pluralise(timeoutSeconds, "second")],
    ["Max attempts", `${attempts}, then it is a dead letter`],
    ["Pace of a replay", `${formatNumber(replayPerSecond)} a second`],
    [
      "In its queue now",
      queue === null
        ? "SQS does not answer"
        : `${formatNumber(queue.waiting)} waiting, ${formatNumber(queue.inFlight)} in flight`,
    ],
  ] as const;
  return (
    <SectionCard title="Limits">
      <dl className="flex flex-col gap-2.5 text-sm">
        {facts.map(([title, value]) => (
          <div key={title} className="grid grid-cols-[9rem_1fr] gap-3">
            <dt className="text-muted-foreground">{title}</dt>
            <dd className="min-w-0">{value}</dd>
          </div>
        ))}
      </dl>
    </SectionCard>
  );
}

const ticks = [
  [1, "1 s"],
  [60, "1 min"],
  [3_600, "1 h"],
] as const;

export function Retries({ detail: { retries, settings } }: { detail: IntegrationDetail }) {
  const last = retries.at(-1)?.since.latest ?? 1;
  const at = (seconds: number) => (Math.log10(Math.max(1, seconds)) / Math.log10(Math.max(10, last))) * 100;
  const scale = settings?.retryScale ?? 1;
  return (
    <SectionCard title="Retry schedule">
      <p className="text-muted-foreground text-sm">
        Each wait is a random time up to a bound that doubles, so that those who failed together do not come back
        together. Counted from the first failure.
      </p>
      <div className="flex flex-col gap-1">
        <ol start={2} className="flex flex-col gap-1 text-xs">
          {retries.map(({ attempt, wait, since }) => (
            <li key={attempt} className="grid grid-cols-[4.5rem_1fr_7.5rem] items-center gap-2">
              <span className="tabular-nums">Attempt {attempt}</span>
              <span
                className="relative h-3 rounded-sm bg-muted"
                title={`${formatSeconds(wait.earliest)} to ${formatSeconds(wait.latest)} after the failure before it`}
              >
                <span
                  aria-hidden
                  className="absolute inset-y-0 min-w-1 rounded-sm bg-info-fill"
                  style={{ left: `${at(since.earliest)}%`, width: `${at(since.latest) - at(since.earliest)}%` }}
                />
              </span>
              <span className="whitespace-nowrap text-right text-muted-foreground tabular-nums">
                <span className="sr-only">comes </span>within {formatShort(since.latest)}
              </span>
            </li>
          ))}
        </ol>
        <div aria-hidden className="grid grid-cols-[4.5rem_1fr_7.5rem] gap-2 text-muted-foreground text-xs">
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
    </SectionCard>
  );
}

function formatShort(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60)];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${Math.round(seconds % 60)} s` : `${Math.round(seconds)} s`;
}
