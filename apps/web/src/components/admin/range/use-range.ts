"use client";

import { defaultRange, type RangeName, rangeLengthsMs } from "@eventfork/core/rollups/presets";
import { useQueryStates } from "nuqs";
import { useDeferredValue } from "react";
import { useIsHydrated } from "@/hooks/use-is-hydrated.ts";
import { useStable } from "@/hooks/use-stable.ts";
import { toInput } from "@/lib/list-params.ts";
import { rangeParams } from "./range-params.ts";

export type RangeState = { range: RangeName | null; from: Date | null; to: Date | null };

/** From here on a chart has a point a day, and the viewer's zone decides when a day begins. */
const daysFromMs = 8 * 86_400_000;

export function useRange() {
  const [{ range, from, to }, setState] = useQueryStates(rangeParams, { history: "push" });
  const isHydrated = useIsHydrated();
  const length = from === null ? rangeLengthsMs[range ?? defaultRange] : (to?.getTime() ?? Date.now()) - from.getTime();
  const isByDay = isHydrated && length > daysFromMs;
  const timeZone = isByDay ? Intl.DateTimeFormat().resolvedOptions().timeZone : null;
  const input = useStable(toInput({ range, from, to, timeZone }));
  const shownInput = useDeferredValue(input);
  return { input: shownInput, isChanging: shownInput !== input, state: { range, from, to }, setState };
}
