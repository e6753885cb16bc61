import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/panels.tsx";
import { EmptyState } from "@/components/ui/states.tsx";
import { cn } from "@/lib/utils.ts";
import { LiveIndicator } from "../layout/page-layout.tsx";
import { type Column, DataTable, type RowSelection, type Sorting } from "./data-table.tsx";
import { Pager } from "./pager.tsx";

type Empty = { icon: LucideIcon; title: string; text: ReactNode };

type DataListProps<Row> = {
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  columns: readonly Column<Row>[];
  selection?: RowSelection<Row> | undefined;
  sorting?: Sorting | undefined;
  empty: Empty;
  noFit: { title: string; text: ReactNode; showAll: string };
  isFiltered: boolean;
  onClear: () => void;
  isStale: boolean;
  isFailing: boolean;
  isLive?: boolean;
  isFirst: boolean;
  next: string | null;
  onMove: (cursor: string | null) => void;
  order?: "time" | "sequence";
};

export function DataList<Row extends object>(props: DataListProps<Row>) {
  const { rows, keyOf, columns, selection, sorting, empty, noFit, isFiltered, onClear, isFirst, next, onMove } = props;
  return (
    <>
      <Card className={cn("overflow-hidden transition-opacity", props.isStale && "opacity-60")}>
        {rows.length > 0 ? (
          <DataTable rows={rows} keyOf={keyOf} columns={columns} selection={selection} sorting={sorting} />
        ) : isFiltered || !isFirst ? (
          <EmptyState icon={empty.icon} title={noFit.title}>
            <div className="mb-3">{noFit.text}</div>
            <Button variant="outline" size="sm" onClick={onClear}>
              {noFit.showAll}
            </Button>
          </EmptyState>
        ) : (
          <EmptyState icon={empty.icon} title={empty.title}>
            {empty.text}
          </EmptyState>
        )}
      </Card>
      <div className="flex flex-col gap-4">
        <Pager isFirst={isFirst} next={next} onMove={onMove} order={props.order} />
        {(props.isLive ?? true) && <LiveIndicator isFailing={props.isFailing} />}
      </div>
    </>
  );
}
