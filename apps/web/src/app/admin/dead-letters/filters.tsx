"use client";

import { useQueryStates } from "nuqs";
import { useState } from "react";
import { DeliverySelects, FilterSelect, SearchField, TimeInput } from "@/components/forms/filter-fields.tsx";
import { Button } from "@/components/ui/button.tsx";
import { deadLetterStatusOptions, deadLettersParams } from "./search-params.ts";

const minimumLength = 3;

const replayedOptions = [
  { value: "true", title: "Replayed before" },
  { value: "false", title: "Never replayed" },
] as const;

export function DeadLetterFilters() {
  const [params, setParams] = useQueryStates(deadLettersParams, { history: "push" });
  const { integration, group, eventType, status, from, to, text, replayed } = params;
  const narrow = (change: Partial<typeof params>) => setParams({ ...change, cursor: null, causesCursor: null });
  const isFiltered = [integration, group, eventType, status, from, to, text, replayed].some((value) => value !== null);
  return (
    <search aria-label="Filter" className="flex flex-col gap-2">
      <div className="flex flex-wrap gap-2">
        <DeliverySelects values={params} statuses={deadLetterStatusOptions} onChange={narrow} />
        <FilterSelect
          label="Replayed"
          all="Replayed or not"
          value={replayed === null ? null : replayed ? "true" : "false"}
          options={replayedOptions}
          onChange={(value) => narrow({ replayed: value === null ? null : value === "true" })}
        />
      </div>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <TextFilter key={text} text={text} onChange={(value) => narrow({ text: value })} />
        <TimeInput label="From" value={from} onChange={(value) => narrow({ from: value })} />
        <TimeInput label="Before" value={to} onChange={(value) => narrow({ to: value })} />
        {isFiltered && (
          <Button variant="ghost" className="text-muted-foreground" onClick={() => setParams(null)}>
            Clear
          </Button>
        )}
      </div>
    </search>
  );
}

function TextFilter({ text, onChange }: { text: string | null; onChange: (text: string | null) => void }) {
  const [problem, setProblem] = useState<string | null>(null);

  function search(typed: string): void {
    const isTooShort = typed !== "" && typed.length < minimumLength;
    setProblem(isTooShort ? `Use ${minimumLength} characters or more.` : null);
    if (!isTooShort) onChange(typed === "" ? null : typed);
  }

  return (
    <SearchField
      label="Text in the payload"
      placeholder="Text in the payload"
      value={text ?? ""}
      problem={problem}
      maxLength={200}
      onSearch={search}
      className="min-w-52 flex-1 basis-52 sm:w-auto"
    />
  );
}
