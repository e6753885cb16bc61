import { useState } from "react";

/** Ids that rows keep across parses, so that removing a row does not move the focus. */
export function useRowIds(count: number): { ids: readonly number[]; forget: (index: number) => void } {
  const [kept, setKept] = useState<readonly number[]>([]);
  const ids = fillUp(kept, count);
  return { ids, forget: (index) => setKept(ids.toSpliced(index, 1)) };
}

export function fillUp(kept: readonly number[], count: number): number[] {
  const next = Math.max(-1, ...kept) + 1;
  const more = Math.max(0, count - kept.length);
  return [...kept.slice(0, count), ...Array.from({ length: more }, (_, index) => next + index)];
}
