import { useState } from "react";

/** Of rows that keep coming in front, those that were there when somebody began to read: nothing moves under a reader. */
export function useHeld<Row>(
  rows: readonly Row[],
  idOf: (row: Row) => string,
  isHeld: boolean,
): { shown: readonly Row[]; waiting: number } {
  const [held, setHeld] = useState<ReadonlySet<string> | null>(null);
  // What is there at the moment of holding is held.
  if (isHeld !== (held !== null)) setHeld(isHeld ? new Set(rows.map(idOf)) : null);
  if (!isHeld || held === null) return { shown: rows, waiting: 0 };
  const shown = rows.filter((row) => held.has(idOf(row)));
  return { shown, waiting: rows.length - shown.length };
}
