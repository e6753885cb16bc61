import type { DeliveryItem } from "@eventfork/core/deliveries";
import Link from "next/link";
import type { Column } from "@/components/admin/data-table.tsx";
import { CopyId } from "@/components/copy-id.tsx";
import { IntegrationTitle } from "@/components/integration-title.tsx";
import { RelativeTime } from "@/components/relative-time.tsx";
import { deliveryLooks, StatusBadge } from "@/components/status-badge.tsx";

export const deliveryColumns: readonly Column<DeliveryItem>[] = [
  { title: "Status", cell: ({ status }) => <StatusBadge look={deliveryLooks[status]} /> },
  {
    title: "Event",
    isMain: true,
    cell: ({ eventId, eventType }) => (
      <>
        <Link
          href={`/admin/events/${eventId}`}
          className="block w-fit rounded-sm leading-6 underline-offset-4 hover:underline"
        >
          {eventType}
        </Link>
        <CopyId id={eventId} />
      </>
    ),
  },
  { title: "Integration", from: "md", cell: ({ integration }) => <IntegrationTitle name={integration} /> },
  {
    title: "Attempts",
    from: "md",
    align: "right",
    cell: ({ attempts }) => (
      <span className="tabular-nums">
        {attempts}
        <span className="md:hidden"> {attempts === 1 ? "attempt" : "attempts"}</span>
      </span>
    ),
  },
  { title: "Answer", from: "lg", className: "max-w-sm", cell: (delivery) => <Answer delivery={delivery} /> },
  {
    title: "Changed",
    from: "sm",
    align: "right",
    className: "whitespace-nowrap",
    cell: (delivery) => (
      <div className="text-muted-foreground">
        <Times delivery={delivery} />
      </div>
    ),
  },
];

function Times({ delivery: { updatedAt, nextAttemptAt, status } }: { delivery: DeliveryItem }) {
  return (
    <>
      <RelativeTime date={updatedAt} />
      {nextAttemptAt !== null && status === "retrying" && (
        <p className="text-warning text-xs">
          next try <RelativeTime date={nextAttemptAt} />
        </p>
      )}
    </>
  );
}

/** What the third party said, or why it did not work, in at most two lines. */
function Answer({ delivery: { errorCode, errorMessage, response } }: { delivery: DeliveryItem }) {
  if (errorMessage !== null) {
    return (
      <p className="line-clamp-2 break-words text-destructive" title={errorMessage}>
        {errorCode !== null && <span className="mr-1.5 font-mono text-xs">{errorCode}</span>}
        {errorMessage}
      </p>
    );
  }
  if (response === null) return null;
  return (
    <p className="line-clamp-2 break-words text-muted-foreground" title={response}>
      {response}
    </p>
  );
}
