import { useState } from "react";

/** While someone reads, rows that arrive are held back: nothing moves under the reader. */
export function useHeld<Row>(
  rows: readonly Row[],
  idOf: (row: Row) => string,
  isHeld: boolean,
): { shown: readonly Row[]; waiting: number } {
  const [held, setHeld] = useState<ReadonlySet<string> | null>(null);
  if (isHeld !== (held !== null)) setHeld(isHeld ? new Set(rows.map(idOf)) : null);
  if (!isHeld || held === null) return { shown: rows, waiting: 0 };
  const shown = rows.filter((row) => held.has(idOf(row)));
  return { shown, waiting: rows.length - shown.length };
}
