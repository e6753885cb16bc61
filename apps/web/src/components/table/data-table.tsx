import {
  type ColumnDef,
  functionalUpdate,
  metaHelper,
  type RowSelectionState,
  rowSelectionFeature,
  rowSortingFeature,
  type SortingState,
  type Column as TableColumn,
  tableFeatures,
  useTable,
} from "@tanstack/react-table";
import { ArrowDownIcon, ArrowUpIcon, ChevronsUpDownIcon } from "lucide-react";
import { type ReactNode, useMemo } from "react";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import { cn } from "@/lib/utils.ts";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "./table.tsx";

type From = "sm" | "md" | "lg";

export type Column<Row> = {
  title: string;
  cell: (row: Row) => ReactNode;
  isMain?: boolean;
  from?: From;
  align?: "right";
  className?: string;
  sort?: { by: string; first: Direction };
};

type Direction = "asc" | "desc";

export type Sorting = { by: string; direction: Direction; onSort: (by: string, direction: Direction) => void };

export type RowSelection<Row> = {
  isChosen: (row: Row) => boolean;
  onChoose: (rows: readonly Row[], isChosen: boolean) => void;
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

type Layout = Omit<Column<never>, "cell" | "sort">;

const features = tableFeatures({ rowSortingFeature, rowSelectionFeature, columnMeta: metaHelper<Layout>() });

type Features = typeof features;

/** The server sorts. On a phone, columns without room move into the main one. */
export function DataTable<Row extends object>(props: DataTableProps<Row>) {
  const { rows, keyOf, columns, selection, sorting } = props;
  const table = useTable({
    features,
    data: rows,
    columns: useMemo(() => columns.map(toColumnDef), [columns]),
    getRowId: keyOf,
    manualSorting: true,
    enableSortingRemoval: false,
    enableMultiSort: false,
    enableSorting: sorting !== undefined,
    enableRowSelection: selection !== undefined,
    state: {
      sorting: sorting === undefined ? [] : [{ id: sorting.by, desc: sorting.direction === "desc" }],
      rowSelection: toSelectionState(props),
    },
    onSortingChange(update) {
      const [first] = functionalUpdate<SortingState>(update, table.state.sorting);
      if (first !== undefined) sorting?.onSort(first.id, first.desc ? "desc" : "asc");
    },
    onRowSelectionChange(update) {
      const before = table.state.rowSelection;
      const after = functionalUpdate<RowSelectionState>(update, before);
      const changed = rows.filter((row) => keyOf(row) in after !== keyOf(row) in before);
      const [first] = changed;
      if (first !== undefined) selection?.onChoose(changed, keyOf(first) in after);
    },
  });
  return (
    <Table>
      <TableHeader>
        <TableRow>
          {selection !== undefined && (
            <TableHead className="w-0 pr-0">
              <ChooseBox
                label="Choose every row of this page"
                isChosen={table.getIsAllRowsSelected()}
                isMixed={table.getIsSomeRowsSelected() && !table.getIsAllRowsSelected()}
                onChange={table.getToggleAllRowsSelectedHandler()}
              />
            </TableHead>
          )}
          {table.getFlatHeaders().map(({ id, column }) => (
            <TableHead key={id} aria-sort={describeOrder(column)} className={toClasses(column.columnDef.meta)}>
              {column.getCanSort() ? <SortButton column={column} /> : column.columnDef.meta?.title}
            </TableHead>
          ))}
        </TableRow>
      </TableHeader>
      <TableBody>
        {table.getRowModel().rows.map((row) => (
          <TableRow key={row.id} data-row className={cn(row.getIsSelected() && "bg-muted/60")}>
            {selection !== undefined && (
              <TableCell className="pr-0">
                <ChooseBox
                  label={`Choose ${selection.nameOf(row.original)}`}
                  isChosen={row.getIsSelected()}
                  onChange={row.getToggleSelectedHandler()}
                />
              </TableCell>
            )}
            {row.getAllCells().map((cell) => {
              const { meta } = cell.column.columnDef;
              return (
                <TableCell key={cell.id} className={cn(toClasses(meta), meta?.className)}>
                  <table.FlexRender cell={cell} />
                  {meta?.isMain && <WithoutRoom row={row.original} columns={columns} />}
                </TableCell>
              );
            })}
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

function toColumnDef<Row extends object>(column: Column<Row>): ColumnDef<Features, Row> {
  const { title, cell, sort } = column;
  return {
    id: sort?.by ?? title,
    accessorFn: (row) => row,
    cell: ({ row }) => cell(row.original),
    enableSorting: sort !== undefined,
    sortDescFirst: sort?.first === "desc",
    meta: column,
  };
}

function toSelectionState<Row>({ rows, keyOf, selection }: DataTableProps<Row>): RowSelectionState {
  const chosen = selection === undefined ? [] : rows.filter(selection.isChosen);
  return Object.fromEntries(chosen.map((row) => [keyOf(row), true]));
}

function toClasses(layout: Layout | undefined): string {
  return cn(layout?.from && hiddenBelow[layout.from], layout?.align === "right" && "text-right");
}

const orders = { asc: "ascending", desc: "descending" } as const;

function describeOrder<Row extends object>(column: TableColumn<Features, Row>) {
  const sorted = column.getIsSorted();
  return sorted === false ? undefined : orders[sorted];
}

function SortButton<Row extends object>({ column }: { column: TableColumn<Features, Row> }) {
  const sorted = column.getIsSorted();
  const Icon = sorted === false ? ChevronsUpDownIcon : sorted === "asc" ? ArrowUpIcon : ArrowDownIcon;
  return (
    <button
      type="button"
      onClick={column.getToggleSortingHandler()}
      className={cn("inline-flex items-center gap-1 rounded-sm hover:text-foreground", sorted && "text-foreground")}
    >
      {column.columnDef.meta?.title}
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

type ChooseBoxProps = { label: string; isChosen: boolean; isMixed?: boolean; onChange: (event: unknown) => void };

function ChooseBox({ label, isChosen, isMixed = false, onChange }: ChooseBoxProps) {
  return (
    <input
      type="checkbox"
      aria-label={label}
      checked={isChosen}
      ref={(box) => {
        if (box !== null) box.indeterminate = isMixed;
      }}
      onChange={onChange}
      className="size-4 translate-y-0.5 accent-primary"
    />
  );
}

export function timeColumn<Row>(title: string, timeOf: (row: Row) => Date | null): Column<Row> {
  const cell = (row: Row) => {
    const date = timeOf(row);
    return date && <RelativeTime date={date} className="whitespace-nowrap text-muted-foreground" />;
  };
  return { title, from: "sm", align: "right", cell };
}
