import type { IntegrationDetail, PastPause } from "@eventfork/core/overview";
import { formatNumber } from "@eventfork/core/platform/text/numbers";
import { SectionCard } from "@/components/layout/page-layout.tsx";
import { type Column, DataTable, timeColumn } from "@/components/table/data-table.tsx";
import { Badge, type BadgeVariant } from "@/components/ui/badge.tsx";
import { RelativeTime, useNow } from "@/components/ui/relative-time.tsx";
import { formatSeconds, pluralise } from "@/lib/format.ts";

const kinds: Readonly<Record<string, { title: string; variant: BadgeVariant }>> = {
  manual: { title: "Manual", variant: "neutral" },
  credentials: { title: "Credentials", variant: "destructive" },
  outage: { title: "Outage", variant: "warning" },
};

const columns: readonly Column<PastPause>[] = [
  {
    title: "Reason",
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

export function CircuitBreakerCard({ detail: { breaker, pauses, title } }: { detail: IntegrationDetail }) {
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
            Closed: deliveries continue. In the minute that it counts, {pluralise(success, "attempt")} succeeded and{" "}
            {formatNumber(failure)} failed.
          </p>
        )}
        {state === "probing" && (
          <p>
            Open: {title} is considered down. {probeAt !== null && <Probe at={probeAt} />} the first success resumes it.{" "}
            {pluralise(probes, "probe")} failed so far.
          </p>
        )}
        {rateLimitedUntil !== null && (
          <p className="text-warning">
            Rate limited: {title} accepts fewer calls for now. Next batch: <RelativeTime date={rateLimitedUntil} />.
          </p>
        )}
        {state === "paused" && <p>Paused: nothing is sent until somebody resumes it.</p>}
        <p className="text-muted-foreground">
          It opens when {minimumFailures} attempts or more, and {share} of all, fail within{" "}
          {formatSeconds(windowSeconds)}. Rate limits and refused events do not count.
        </p>
      </div>
      {pauses.length === 0 ? (
        <p className="text-muted-foreground text-sm">The audit log has no pause of this integration.</p>
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
  if (at.getTime() <= now) return "The next event is a probe, and";
  return (
    <>
      The next probe is <RelativeTime date={at} />, and
    </>
  );
}

function Length({ pause: { from, to, endedBy } }: { pause: PastPause }) {
  if (to === null) return <span className="text-warning">Ongoing</span>;
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
