import type { DeliveryItem } from "@eventfork/core/deliveries";
import Link from "next/link";
import { CopyId } from "@/components/copy-id.tsx";
import { IntegrationTitle } from "@/components/integration-title.tsx";
import { RelativeTime } from "@/components/relative-time.tsx";
import { deliveryLooks, StatusBadge } from "@/components/status-badge.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table.tsx";

export function DeliveriesTable({ deliveries }: { deliveries: readonly DeliveryItem[] }) {
  return (
    <Table>
      <TableHeader>
        <TableRow>
          <TableHead>Status</TableHead>
          <TableHead>Event</TableHead>
          <TableHead className="max-md:hidden">Integration</TableHead>
          <TableHead className="text-right max-md:hidden">Attempts</TableHead>
          <TableHead className="max-lg:hidden">Answer</TableHead>
          <TableHead className="text-right max-sm:hidden">Changed</TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {deliveries.map((delivery) => (
          <TableRow key={`${delivery.eventId} ${delivery.integration}`}>
            <TableCell>
              <StatusBadge look={deliveryLooks[delivery.status]} />
            </TableCell>
            <TableCell>
              <Link
                href={`/admin/events/${delivery.eventId}`}
                className="block w-fit rounded-sm leading-6 underline-offset-4 hover:underline"
              >
                {delivery.eventType}
              </Link>
              <CopyId id={delivery.eventId} />
              <p className="mt-1 md:hidden">
                <IntegrationTitle name={delivery.integration} />
              </p>
              <div className="mt-1 max-w-xs lg:hidden">
                <Answer delivery={delivery} />
              </div>
              <div className="mt-1 text-muted-foreground sm:hidden">
                <Times delivery={delivery} />
              </div>
            </TableCell>
            <TableCell className="max-md:hidden">
              <IntegrationTitle name={delivery.integration} />
            </TableCell>
            <TableCell className="text-right tabular-nums max-md:hidden">{delivery.attempts}</TableCell>
            <TableCell className="max-w-sm max-lg:hidden">
              <Answer delivery={delivery} />
            </TableCell>
            <TableCell className="whitespace-nowrap text-right text-muted-foreground max-sm:hidden">
              <Times delivery={delivery} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

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
