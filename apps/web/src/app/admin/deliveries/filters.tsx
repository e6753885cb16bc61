"use client";

import { useQueryStates } from "nuqs";
import type { SubmitEvent } from "react";
import { DeliverySelects, SearchField, TimeInput } from "@/components/forms/filter-fields.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Input } from "@/components/ui/fields.tsx";
import { deliveriesParams, deliveryStatusOptions } from "./search-params.ts";

const nothing = { integration: null, status: null, eventType: null, error: null, from: null, to: null, text: null };

export function DeliveryFilters() {
  const [params, setParams] = useQueryStates(deliveriesParams, { history: "push" });
  const { integration, status, eventType, error, from, to, text } = params;
  const narrow = (change: Partial<typeof params>) => setParams({ ...change, cursor: null });
  const isFiltered = [integration, status, eventType, error, from, to, text].some((value) => value !== null);
  return (
    <search aria-label="Filter" className="flex flex-col gap-2">
      <div className="flex flex-wrap gap-2">
        <SearchField
          label="Event, person or error"
          placeholder="Event, person or error"
          value={text ?? ""}
          onSearch={(value) => narrow({ text: value === "" ? null : value })}
          className="sm:w-72"
        />
        <DeliverySelects values={params} statuses={deliveryStatusOptions} onChange={narrow} />
      </div>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <ErrorFilter key={error} error={error} onChange={(value) => narrow({ error: value })} />
        <TimeInput label="Since" value={from} onChange={(value) => narrow({ from: value })} />
        <TimeInput label="Before" value={to} onChange={(value) => narrow({ to: value })} />
        {isFiltered && (
          <Button variant="ghost" className="text-muted-foreground" onClick={() => narrow(nothing)}>
            Clear
          </Button>
        )}
      </div>
    </search>
  );
}

function ErrorFilter({ error, onChange }: { error: string | null; onChange: (error: string | null) => void }) {
  function submit(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    const typed = String(new FormData(event.currentTarget).get("error")).trim();
    onChange(typed === "" ? null : typed);
  }
  return (
    <form onSubmit={submit}>
      <Input
        name="error"
        aria-label="Error code"
        placeholder="Error code"
        defaultValue={error ?? ""}
        maxLength={200}
        autoComplete="off"
        className="h-9 w-40 font-mono text-sm placeholder:font-sans"
      />
    </form>
  );
}
