import type { DeadLetterItem } from "@eventfork/core/dead-letters";
import Link from "next/link";
import { CopyId } from "@/components/copy-id.tsx";
import { IntegrationTitle } from "@/components/integration-title.tsx";
import { RelativeTime } from "@/components/relative-time.tsx";
import { deadLetterLooks, StatusBadge } from "@/components/status-badge.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table.tsx";

export function DeadLettersTable({ deadLetters }: { deadLetters: readonly DeadLetterItem[] }) {
  return (
    <Table>
      <TableHeader>
        <TableRow>
          <TableHead>Status</TableHead>
          <TableHead>Event</TableHead>
          <TableHead className="max-md:hidden">Integration</TableHead>
          <TableHead className="max-lg:hidden">Reason</TableHead>
          <TableHead className="text-right max-sm:hidden">Died</TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {deadLetters.map((deadLetter) => (
          <TableRow key={deadLetter.id}>
            <TableCell>
              <StatusBadge look={deadLetterLooks[deadLetter.status]} />
            </TableCell>
            <TableCell>
              <Link
                href={`/admin/dead-letters/${deadLetter.id}`}
                className="rounded-sm font-medium underline-offset-4 hover:underline"
              >
                {deadLetter.eventType ?? "No readable event"}
              </Link>
              <p>
                <CopyId id={deadLetter.eventId ?? deadLetter.id} />
              </p>
              <p className="mt-1 md:hidden">
                <IntegrationTitle name={deadLetter.integration} />
              </p>
              <div className="mt-1 max-w-xs lg:hidden">
                <Reason deadLetter={deadLetter} />
              </div>
              <p className="mt-1 text-muted-foreground sm:hidden">
                <RelativeTime date={deadLetter.archivedAt} />
              </p>
            </TableCell>
            <TableCell className="max-md:hidden">
              <IntegrationTitle name={deadLetter.integration} />
            </TableCell>
            <TableCell className="max-w-md max-lg:hidden">
              <Reason deadLetter={deadLetter} />
            </TableCell>
            <TableCell className="whitespace-nowrap text-right text-muted-foreground max-sm:hidden">
              <RelativeTime date={deadLetter.archivedAt} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

function Reason({ deadLetter: { errorCode, reason } }: { deadLetter: DeadLetterItem }) {
  return (
    <p className="line-clamp-2 break-words text-muted-foreground" title={reason}>
      {errorCode !== null && <span className="mr-1.5 font-mono text-xs">{errorCode}</span>}
      {reason}
    </p>
  );
}
