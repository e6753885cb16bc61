import type { DeadLettering } from "@eventfork/core/dead-letters";
import type { DeadLetterDetail, DeadLetterReplay } from "@eventfork/core/history";
import { formatNumber } from "@eventfork/core/platform/text/numbers";
import { integrations, isIntegrationName } from "@eventfork/core/topology";
import Link from "next/link";
import type { ReactNode } from "react";
import { type Column, DataTable, timeColumn } from "@/components/table/data-table.tsx";
import { AttemptOutcome } from "@/components/ui/outcomes.tsx";
import { Card } from "@/components/ui/panels.tsx";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import { replayItemStatusStyles, replayStatusStyles, StatusBadge, statusStyle } from "@/components/ui/status-badge.tsx";

type Attempt = DeadLetterDetail["attemptList"][number];

const attemptColumns: readonly Column<Attempt>[] = [
  { title: "Attempt", cell: ({ number }) => <span className="tabular-nums">{number}</span> },
  { title: "Outcome", isMain: true, cell: ({ outcome }) => <AttemptOutcome outcome={outcome} /> },
  {
    title: "Response",
    from: "md",
    className: "max-w-md",
    cell: ({ errorCode, errorMessage, response }) => (
      <p className="break-words text-muted-foreground">
        {errorCode !== null && <span className="mr-1.5 font-mono text-xs">{errorCode}</span>}
        {errorMessage ?? response ?? "None"}
      </p>
    ),
  },
  {
    title: "When",
    from: "sm",
    align: "right",
    cell: ({ startedAt, durationMs }) => (
      <div className="text-muted-foreground">
        <RelativeTime date={startedAt} className="whitespace-nowrap" />
        <p className="text-xs tabular-nums">took {formatNumber(durationMs)} ms</p>
      </div>
    ),
  },
];

export function Attempts({ data: { integration, attemptList } }: { data: DeadLetterDetail }) {
  return (
    <PageSection title={`Attempts (${formatNumber(attemptList.length)})`}>
      {attemptList.length === 0 ? (
        <p className="p-5 text-muted-foreground text-sm">No attempt is recorded: it never reached the third party.</p>
      ) : (
        <>
          {isIntegrationName(integration) && (
            <p className="px-5 pt-4 text-muted-foreground text-sm">
              An attempt calls <code className="font-mono text-xs">{integrations[integration].request}</code> for all of
              its batch together.
            </p>
          )}
          <DataTable rows={attemptList} keyOf={({ number }) => String(number)} columns={attemptColumns} />
        </>
      )}
    </PageSection>
  );
}

const deathColumns: readonly Column<DeadLettering>[] = [
  {
    title: "Reason",
    isMain: true,
    cell: ({ errorCode, reason }) => (
      <p className="break-words">
        {errorCode !== null && <span className="mr-1.5 font-mono text-muted-foreground text-xs">{errorCode}</span>}
        {reason}
      </p>
    ),
  },
  {
    title: "After",
    from: "sm",
    cell: ({ replayId }) =>
      replayId === null ? (
        <span className="text-muted-foreground">the first sending</span>
      ) : (
        <Link href={`/admin/replays/${replayId}`} className="rounded-sm underline underline-offset-4">
          a replay
        </Link>
      ),
  },
  timeColumn("Dead-lettered", ({ at }) => at),
];

export function Failures({ data: { history } }: { data: DeadLetterDetail }) {
  if (history.length === 0) return null;
  return (
    <PageSection title={`Previous failures (${formatNumber(history.length)})`}>
      <DataTable rows={history} keyOf={({ at }) => at.toISOString()} columns={deathColumns} />
    </PageSection>
  );
}

const replayColumns: readonly Column<DeadLetterReplay>[] = [
  {
    title: "Replay",
    isMain: true,
    cell: ({ replayId, createdBy }) => (
      <Link href={`/admin/replays/${replayId}`} className="rounded-sm font-medium underline-offset-4 hover:underline">
        by {createdBy}
      </Link>
    ),
  },
  {
    title: "Replay status",
    cell: ({ state }) => <StatusBadge style={statusStyle(replayStatusStyles, state)} />,
    from: "md",
  },
  {
    title: "This message",
    cell: ({ itemState, note }) => (
      <>
        <StatusBadge style={statusStyle(replayItemStatusStyles, itemState)} />
        {note !== null && <p className="mt-1 break-words text-muted-foreground text-xs">{note}</p>}
      </>
    ),
  },
  timeColumn("Started", ({ createdAt }) => createdAt),
];

export function Replays({ data: { replayList } }: { data: DeadLetterDetail }) {
  if (replayList.length === 0) return null;
  return (
    <PageSection title={`Replays (${formatNumber(replayList.length)})`}>
      <DataTable rows={replayList} keyOf={({ replayId }) => replayId} columns={replayColumns} />
    </PageSection>
  );
}

function PageSection({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <Card className="overflow-hidden">
        <h2 className="border-b px-5 py-2.5 font-semibold text-sm">{title}</h2>
        {children}
      </Card>
    </section>
  );
}
