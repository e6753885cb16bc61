import { ArrowDownIcon, ArrowUpIcon, ChevronsUpDownIcon } from "lucide-react";
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
  /** What the list is asked to be sorted by at this column, and which way first. */
  sort?: { by: string; first: Direction };
};

type Direction = "asc" | "desc";

export type Sorting = { by: string; direction: Direction; onSort: (by: string, direction: Direction) => void };

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
  sorting?: Sorting | undefined;
};

const hiddenBelow: Readonly<Record<From, string>> = { sm: "max-sm:hidden", md: "max-md:hidden", lg: "max-lg:hidden" };
const shownBelow: Readonly<Record<From, string>> = { sm: "sm:hidden", md: "md:hidden", lg: "lg:hidden" };

/** A table that a phone can show: what has no room of its own stands in the main column. */
export function DataTable<Row>({ rows, keyOf, columns, selection, sorting }: DataTableProps<Row>) {
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
          {columns.map((column) => (
            <TableHead
              key={column.title}
              aria-sort={sayOrder(column, sorting)}
              className={cn(column.from && hiddenBelow[column.from], column.align === "right" && "text-right")}
            >
              {column.sort === undefined || sorting === undefined ? (
                column.title
              ) : (
                <SortButton title={column.title} sort={column.sort} sorting={sorting} />
              )}
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

function sayOrder<Row>({ sort }: Column<Row>, sorting: Sorting | undefined) {
  if (sort === undefined || sorting?.by !== sort.by) return undefined;
  return sorting.direction === "asc" ? "ascending" : "descending";
}

type SortButtonProps = { title: string; sort: { by: string; first: Direction }; sorting: Sorting };

/** Sorts by its column; pressed again, the other way. */
function SortButton({ title, sort: { by, first }, sorting: { by: current, direction, onSort } }: SortButtonProps) {
  const isSorted = current === by;
  const other = direction === "asc" ? "desc" : "asc";
  const Icon = isSorted ? (direction === "asc" ? ArrowUpIcon : ArrowDownIcon) : ChevronsUpDownIcon;
  return (
    <button
      type="button"
      onClick={() => onSort(by, isSorted ? other : first)}
      className={cn("inline-flex items-center gap-1 rounded-sm hover:text-foreground", isSorted && "text-foreground")}
    >
      {title}
      <Icon aria-hidden className="size-3.5" />
    </button>
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
