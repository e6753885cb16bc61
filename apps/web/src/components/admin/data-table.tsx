import type { ReactNode } from "react";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table.tsx";
import { cn } from "@/lib/utils.ts";

/** Where a column has a place of its own; below that width its content stands under that of the main column. */
type From = "sm" | "md" | "lg";

export type Column<Row> = {
  title: string;
  cell: (row: Row) => ReactNode;
  /** The column that takes in what has no room. One column is it. */
  isMain?: boolean;
  from?: From;
  align?: "right";
  className?: string;
};

export type RowSelection<Row> = {
  isChosen: (row: Row) => boolean;
  onChoose: (rows: readonly Row[], isChosen: boolean) => void;
  /** What the box of a row is called. */
  nameOf: (row: Row) => string;
};

type DataTableProps<Row> = {
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  columns: readonly Column<Row>[];
  selection?: RowSelection<Row> | undefined;
};

const hiddenBelow: Readonly<Record<From, string>> = { sm: "max-sm:hidden", md: "max-md:hidden", lg: "max-lg:hidden" };
const shownBelow: Readonly<Record<From, string>> = { sm: "sm:hidden", md: "md:hidden", lg: "lg:hidden" };

/** A table that a phone can show: what has no room of its own stands in the main column. */
export function DataTable<Row>({ rows, keyOf, columns, selection }: DataTableProps<Row>) {
  return (
    <Table>
      <TableHeader>
        <TableRow>
          {selection !== undefined && (
            <TableHead className="w-0 pr-0">
              <ChooseBox
                label="Choose every row of this page"
                isChosen={rows.every(selection.isChosen)}
                isMixed={rows.some(selection.isChosen) && !rows.every(selection.isChosen)}
                onChange={(isChosen) => selection.onChoose(rows, isChosen)}
              />
            </TableHead>
          )}
          {columns.map(({ title, from, align }) => (
            <TableHead key={title} className={cn(from && hiddenBelow[from], align === "right" && "text-right")}>
              {title}
            </TableHead>
          ))}
        </TableRow>
      </TableHeader>
      <TableBody>
        {rows.map((row) => (
          <TableRow key={keyOf(row)} data-row className={cn(selection?.isChosen(row) && "bg-muted/60")}>
            {selection !== undefined && (
              <TableCell className="pr-0">
                <ChooseBox
                  label={`Choose ${selection.nameOf(row)}`}
                  isChosen={selection.isChosen(row)}
                  onChange={(isChosen) => selection.onChoose([row], isChosen)}
                />
              </TableCell>
            )}
            {columns.map((column) => (
              <TableCell
                key={column.title}
                className={cn(
                  column.from && hiddenBelow[column.from],
                  column.align === "right" && "text-right",
                  column.className,
                )}
              >
                {column.cell(row)}
                {column.isMain && <WithoutRoom row={row} columns={columns} />}
              </TableCell>
            ))}
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

function WithoutRoom<Row>({ row, columns }: { row: Row; columns: readonly Column<Row>[] }) {
  return columns.map(({ title, from, cell }) => {
    const content = from === undefined ? null : cell(row);
    if (from === undefined || content === null) return null;
    return (
      <div key={title} className={cn("mt-1 max-w-xs", shownBelow[from])}>
        {content}
      </div>
    );
  });
}

type ChooseBoxProps = { label: string; isChosen: boolean; isMixed?: boolean; onChange: (isChosen: boolean) => void };

function ChooseBox({ label, isChosen, isMixed = false, onChange }: ChooseBoxProps) {
  return (
    <input
      type="checkbox"
      aria-label={label}
      checked={isChosen}
      ref={(box) => {
        if (box !== null) box.indeterminate = isMixed;
      }}
      onChange={(event) => onChange(event.target.checked)}
      className="size-4 translate-y-0.5 accent-primary"
    />
  );
}
