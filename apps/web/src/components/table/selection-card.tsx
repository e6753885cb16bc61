import { type ReactNode, useCallback, useState } from "react";
import { Button } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/panels.tsx";

type State<Row> = { of: string; isAll: boolean; rows: ReadonlyMap<string, Row> };

export type Chosen<Row> = {
  isAll: boolean;
  rows: ReadonlyMap<string, Row>;
  isChosen: (row: Row) => boolean;
  onChoose: (rows: readonly Row[], isChosen: boolean) => void;
  nameOf: (row: Row) => string;
  chooseAll: () => void;
  clear: () => void;
};

type Naming<Row> = { keyOf: (row: Row) => string; nameOf: (row: Row) => string };

export function useRowSelection<Row>(filterText: string, { keyOf, nameOf }: Naming<Row>): Chosen<Row> {
  const nothing: State<Row> = { of: filterText, isAll: false, rows: new Map() };
  const [state, setState] = useState(nothing);
  const current = state.of === filterText ? state : nothing;
  const clear = useCallback(() => setState({ of: filterText, isAll: false, rows: new Map() }), [filterText]);
  return {
    isAll: current.isAll,
    rows: current.rows,
    isChosen: (row) => current.isAll || current.rows.has(keyOf(row)),
    onChoose: (changed, isChosen) => {
      const rows = new Map(current.isAll ? [] : current.rows);
      for (const row of changed) {
        if (isChosen) rows.set(keyOf(row), row);
        else rows.delete(keyOf(row));
      }
      setState({ of: filterText, isAll: false, rows });
    },
    nameOf,
    chooseAll: () => setState({ of: filterText, isAll: true, rows: new Map() }),
    clear,
  };
}

type SelectionCardProps<Row> = {
  chosen: Chosen<Row>;
  isPageChosen: boolean;
  title: string;
  note: string | null;
  children: ReactNode;
};

const linkClass = "rounded-sm underline underline-offset-4";

export function SelectionCard<Row>({ chosen, isPageChosen, title, note, children }: SelectionCardProps<Row>) {
  if (!chosen.isAll && chosen.rows.size === 0) {
    return (
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-muted-foreground text-sm">
        Choose some in the list, or
        <Button variant="outline" size="sm" onClick={chosen.chooseAll}>
          Choose everything that this filter finds
        </Button>
      </p>
    );
  }
  return (
    <Card
      role="region"
      aria-label="Selection"
      className="sticky top-2 z-10 flex flex-wrap items-center justify-between gap-x-4 gap-y-3 px-4 py-3 shadow-sm"
    >
      <div className="min-w-0 text-sm">
        <p aria-live="polite" className="font-medium">
          {title}
        </p>
        {note !== null && <p className="text-muted-foreground text-xs">{note}</p>}
        <p className="flex flex-wrap gap-x-3 text-xs">
          {!chosen.isAll && isPageChosen && (
            <button type="button" className={linkClass} onClick={chosen.chooseAll}>
              Choose everything that this filter finds
            </button>
          )}
          <button type="button" className={linkClass} onClick={chosen.clear}>
            Choose nothing
          </button>
        </p>
      </div>
      <div className="flex flex-wrap gap-2">{children}</div>
    </Card>
  );
}

export function toExportQuery(chosen: object): string {
  const entries = Object.entries(chosen).map(([name, value]) => [
    name,
    value instanceof Date ? value.toISOString() : String(value),
  ]);
  return new URLSearchParams(entries).toString();
}
