import { useCallback, useState } from "react";

type State<Row> = { of: string; isAll: boolean; rows: ReadonlyMap<string, Row> };

export type Chosen<Row> = {
  /** Everything that the filter finds, on every page. */
  isAll: boolean;
  /** Chosen rows of all pages, by key. */
  rows: ReadonlyMap<string, Row>;
  isChosen: (row: Row) => boolean;
  onChoose: (rows: readonly Row[], isChosen: boolean) => void;
  nameOf: (row: Row) => string;
  chooseAll: () => void;
  clear: () => void;
};

type Naming<Row> = { keyOf: (row: Row) => string; nameOf: (row: Row) => string };

/** Another filter clears the selection. */
export function useChosen<Row>(filterText: string, { keyOf, nameOf }: Naming<Row>): Chosen<Row> {
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
