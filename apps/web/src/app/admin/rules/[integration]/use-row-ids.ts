import { useState } from "react";

/**
 * An id for each row of a list that is read anew from its text with every change: a row keeps its own when one before it goes, and with it what
 * has the focus. `forget` is called for the row that goes.
 */
export function useRowIds(count: number): { ids: readonly number[]; forget: (index: number) => void } {
  const [kept, setKept] = useState<readonly number[]>([]);
  const ids = fillUp(kept, count);
  return { ids, forget: (index) => setKept(ids.toSpliced(index, 1)) };
}

/** As many ids as there are rows: those that are kept, and new ones for rows at the end. */
export function fillUp(kept: readonly number[], count: number): number[] {
  const next = Math.max(-1, ...kept) + 1;
  const more = Math.max(0, count - kept.length);
  return [...kept.slice(0, count), ...Array.from({ length: more }, (_, index) => next + index)];
}
