"use client";

import { defaultRange, type RangeName, rangeLengthsMs, rangeNames } from "@eventfork/core/rollups/presets";
import { useQueryStates } from "nuqs";
import { useDeferredValue } from "react";
import { NativeSelect } from "@/components/ui/fields.tsx";
import { useIsHydrated, useStableValue } from "@/lib/hooks.ts";
import { rangeParams, toInput } from "@/lib/search-params.ts";
import { TimeInput } from "./filter-fields.tsx";

type RangeState = { range: RangeName | null; from: Date | null; to: Date | null };

const daysFromMs = 8 * 86_400_000;

export function useRange() {
  const [{ range, from, to }, setState] = useQueryStates(rangeParams, { history: "push" });
  const isHydrated = useIsHydrated();
  const length = from === null ? rangeLengthsMs[range ?? defaultRange] : (to?.getTime() ?? Date.now()) - from.getTime();
  const isByDay = isHydrated && length > daysFromMs;
  const timeZone = isByDay ? Intl.DateTimeFormat().resolvedOptions().timeZone : null;
  const input = useStableValue(toInput({ range, from, to, timeZone }));
  const shownInput = useDeferredValue(input);
  return { input: shownInput, isChanging: shownInput !== input, state: { range, from, to }, setState };
}

const titles = {
  "15m": "The last 15 minutes",
  "1h": "The last hour",
  "6h": "The last 6 hours",
  "24h": "The last 24 hours",
  "7d": "The last 7 days",
  "30d": "The last 30 days",
  "90d": "The last 90 days",
};

const custom = "custom";
const hourMs = 3_600_000;

type RangePickerProps = { state: RangeState; onChange: (state: RangeState) => void };

export function RangePicker({ state: { range, from, to }, onChange }: RangePickerProps) {
  const choose = (value: string) => {
    const preset = rangeNames.find((name) => name === value) ?? null;
    if (preset !== null) return onChange({ range: preset, from: null, to: null });
    return onChange({ range: null, from: new Date(Date.now() - hourMs), to: new Date() });
  };
  const isCustom = from !== null;
  return (
    <div className="flex flex-wrap items-center gap-2">
      <NativeSelect
        aria-label="Time range"
        value={isCustom ? custom : (range ?? defaultRange)}
        onChange={({ target }) => choose(target.value)}
      >
        {rangeNames.map((name) => (
          <option key={name} value={name}>
            {titles[name]}
          </option>
        ))}
        <option value={custom}>From … to …</option>
      </NativeSelect>
      {isCustom && (
        <>
          <TimeInput
            label="From"
            value={from}
            onChange={(date) =>
              date !== null && (to === null || date < to) && onChange({ range: null, from: date, to })
            }
          />
          <TimeInput
            label="To"
            value={to}
            onChange={(date) => (date === null || date > from) && onChange({ range: null, from, to: date })}
          />
        </>
      )}
    </div>
  );
}
