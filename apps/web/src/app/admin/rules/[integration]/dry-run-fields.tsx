import { sayNumber } from "@eventfork/core/kernel/numbers";
import type { DryRunReport } from "@eventfork/core/rules";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table.tsx";
import { cn } from "@/lib/utils.ts";

export function DryRunFields({ fields }: { fields: DryRunReport["fields"] }) {
  if (fields.length === 0) return null;
  return (
    <div className="flex flex-col gap-4">
      {fields.map(({ path, values }) => (
        <Table key={path} className="table-fixed">
          <TableHeader>
            <TableRow>
              <TableHead className="font-mono">{path}</TableHead>
              <TableHead className="w-20 text-right">events</TableHead>
              <TableHead className="w-20 text-right">now</TableHead>
              <TableHead className="w-20 text-right">draft</TableHead>
            </TableRow>
          </TableHeader>
          <TableBody>
            {values.map(({ value, total, current, draft }) => (
              <TableRow key={value}>
                <TableCell className="max-w-40 truncate font-mono text-xs">{value}</TableCell>
                <TableCell className="text-right tabular-nums">{sayNumber(total)}</TableCell>
                <TableCell className="text-right tabular-nums">{sayNumber(current)}</TableCell>
                <TableCell
                  className={cn(
                    "text-right tabular-nums",
                    draft > current && "font-medium text-success",
                    draft < current && "font-medium text-destructive",
                  )}
                >
                  {sayNumber(draft)}
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      ))}
    </div>
  );
}
