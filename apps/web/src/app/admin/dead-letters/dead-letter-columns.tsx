import type { DeadLetterItem } from "@eventfork/core/dead-letters";
import { sayNumber } from "@eventfork/core/kernel/numbers";
import Link from "next/link";
import type { Column } from "@/components/admin/data-table.tsx";
import { CopyId } from "@/components/copy-id.tsx";
import { IntegrationTitle } from "@/components/integration-title.tsx";
import { RelativeTime } from "@/components/relative-time.tsx";
import { deadLetterLooks, StatusBadge } from "@/components/status-badge.tsx";

export const deadLetterColumns: readonly Column<DeadLetterItem>[] = [
  { title: "Status", cell: ({ status }) => <StatusBadge look={deadLetterLooks[status]} /> },
  {
    title: "Event",
    isMain: true,
    cell: ({ id, eventId, eventType }) => (
      <>
        <Link href={`/admin/dead-letters/${id}`} className="rounded-sm font-medium underline-offset-4 hover:underline">
          {eventType ?? "No readable event"}
        </Link>
        <p>
          <CopyId id={eventId ?? id} />
        </p>
      </>
    ),
  },
  { title: "Integration", from: "md", cell: ({ integration }) => <IntegrationTitle name={integration} /> },
  { title: "Reason", from: "lg", className: "max-w-md", cell: (deadLetter) => <Reason deadLetter={deadLetter} /> },
  {
    title: "Died",
    from: "sm",
    align: "right",
    cell: (deadLetter) => <Died deadLetter={deadLetter} />,
  },
];

function Reason({ deadLetter: { errorCode, reason } }: { deadLetter: DeadLetterItem }) {
  return (
    <p className="line-clamp-2 break-words text-muted-foreground" title={reason}>
      {errorCode !== null && <span className="mr-1.5 font-mono text-xs">{errorCode}</span>}
      {reason}
    </p>
  );
}

function Died({ deadLetter: { archivedAt, deaths, replays, isEdited } }: { deadLetter: DeadLetterItem }) {
  const more = [
    deaths > 1 && `${sayNumber(deaths)} times`,
    replays > 0 && `replayed ${replays === 1 ? "once" : `${sayNumber(replays)} times`}`,
    isEdited && "edited",
  ].filter((part) => part !== false);
  return (
    <div className="text-muted-foreground">
      <RelativeTime date={archivedAt} className="whitespace-nowrap" />
      {more.length > 0 && <p className="text-xs">{more.join(", ")}</p>}
    </div>
  );
}
