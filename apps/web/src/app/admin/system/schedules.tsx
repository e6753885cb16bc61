import { sayNumber } from "@eventfork/core/kernel/numbers";
import type { SystemItem } from "@eventfork/core/system";
import { RelativeTime } from "@/components/relative-time.tsx";
import { Badge } from "@/components/ui/badge.tsx";
import { Card } from "@/components/ui/card.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table.tsx";

export function Schedules({ schedules }: Pick<SystemItem, "schedules">) {
  return (
    <Card role="region" aria-label="Schedules" className="overflow-hidden">
      <h2 className="px-5 pt-5 pb-3 font-semibold text-sm">Schedules</h2>
      {schedules.length === 0 ? (
        <p className="px-5 pb-5 text-muted-foreground text-sm">None has run yet. Each should, every minute.</p>
      ) : (
        <Table>
          <TableHeader>
            <TableRow>
              <TableHead className="pl-5">Job</TableHead>
              <TableHead>Result</TableHead>
              <TableHead>Last run</TableHead>
              <TableHead className="pr-5 text-right max-sm:hidden">Took</TableHead>
            </TableRow>
          </TableHeader>
          <TableBody>
            {schedules.map(({ name, startedAt, durationMs, isOk, isLate, result }) => (
              <TableRow key={name}>
                <TableCell className="pl-5 font-medium">{name}</TableCell>
                <TableCell className="max-w-md">
                  <Badge variant={isOk ? (isLate ? "warning" : "success") : "destructive"}>
                    {isOk ? (isLate ? "Late" : "Well") : "Failed"}
                  </Badge>
                  <details className="mt-1.5 text-xs">
                    <summary className="w-fit rounded-sm text-muted-foreground hover:text-foreground">
                      Its answer
                    </summary>
                    <pre className="mt-1.5 whitespace-pre-wrap break-all font-mono">
                      {JSON.stringify(result, null, 2)}
                    </pre>
                  </details>
                </TableCell>
                <TableCell className="whitespace-nowrap text-muted-foreground">
                  <RelativeTime date={startedAt} />
                </TableCell>
                <TableCell className="whitespace-nowrap pr-5 text-right tabular-nums max-sm:hidden">
                  {sayNumber(durationMs)} ms
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      )}
    </Card>
  );
}
