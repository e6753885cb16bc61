import type { IntegrationDetail, PastPause } from "@eventfork/core/integrations";
import { formatNumber } from "@eventfork/core/kernel/numbers";
import { SectionCard } from "@/components/layout/page-layout.tsx";
import { type Column, DataTable, timeColumn } from "@/components/table/data-table.tsx";
import { Badge, type BadgeVariant } from "@/components/ui/badge.tsx";
import { RelativeTime, useNow } from "@/components/ui/relative-time.tsx";
import { formatSeconds, pluralise } from "@/lib/format.ts";

const kinds: Readonly<Record<string, { title: string; variant: BadgeVariant }>> = {
  manual: { title: "By hand", variant: "neutral" },
  credentials: { title: "Credentials", variant: "destructive" },
  outage: { title: "Outage", variant: "warning" },
};

const columns: readonly Column<PastPause>[] = [
  {
    title: "Why",
    isMain: true,
    className: "max-w-md",
    cell: ({ kind, reason }) => {
      const { title, variant } = kinds[kind] ?? { title: kind, variant: "neutral" };
      return (
        <>
          <Badge variant={variant}>{title}</Badge>
          <p className="mt-1 break-words text-sm">{reason}</p>
        </>
      );
    },
  },
  { title: "By", from: "md", cell: ({ by }) => describeActor(by) },
  timeColumn("From", ({ from }) => from),
  { title: "For", from: "sm", align: "right", cell: (pause) => <Length pause={pause} /> },
];

export function Breaker({ detail: { breaker, pauses, title } }: { detail: IntegrationDetail }) {
  const {
    success,
    failure,
    minimumFailures,
    maximumFailureShare,
    windowSeconds,
    probes,
    probeAt,
    rateLimitedUntil,
    state,
  } = breaker;
  const share = `${maximumFailureShare * 100}%`;
  return (
    <SectionCard title="Circuit breaker">
      <div className="flex flex-col gap-1 text-sm">
        {state === "closed" && (
          <p>
            Closed: deliveries go on. In the minute that it counts, {pluralise(success, "attempt")} succeeded and{" "}
            {formatNumber(failure)} failed.
          </p>
        )}
        {state === "probing" && (
          <p>
            Open: {title} is taken for down. {probeAt !== null && <Probe at={probeAt} />} the first success resumes it.{" "}
            {pluralise(probes, "probe")} failed so far.
          </p>
        )}
        {rateLimitedUntil !== null && (
          <p className="text-warning">
            Rate limited: {title} takes fewer calls for a while. Next batch: <RelativeTime date={rateLimitedUntil} />.
          </p>
        )}
        {state === "paused" && <p>Paused: nothing is tried until somebody resumes it.</p>}
        <p className="text-muted-foreground">
          It opens when {minimumFailures} attempts or more, and {share} of all, fail within{" "}
          {formatSeconds(windowSeconds)}. Rate limits and refused events do not count.
        </p>
      </div>
      {pauses.length === 0 ? (
        <p className="text-muted-foreground text-sm">It has never been paused, as far as the audit log goes back.</p>
      ) : (
        <div className="-mx-5 -mb-5 max-h-96 overflow-y-auto border-t">
          <DataTable rows={pauses} keyOf={({ from }) => from.toISOString()} columns={columns} />
        </div>
      )}
    </SectionCard>
  );
}

function Probe({ at }: { at: Date }) {
  const now = useNow();
  if (at.getTime() <= now) return "The next event that comes is tried, and";
  return (
    <>
      One event is tried <RelativeTime date={at} />, and
    </>
  );
}

function Length({ pause: { from, to, endedBy } }: { pause: PastPause }) {
  if (to === null) return <span className="text-warning">It lasts</span>;
  return (
    <div className="whitespace-nowrap text-muted-foreground">
      {formatSeconds((to.getTime() - from.getTime()) / 1_000)}
      {endedBy !== null && <p className="text-xs">ended by {describeActor(endedBy)}</p>}
    </div>
  );
}

function describeActor(actor: string): string {
  return actor.startsWith("system:") ? "Eventfork" : actor;
}
