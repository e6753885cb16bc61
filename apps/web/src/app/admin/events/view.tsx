"use client";

import { RadioIcon } from "lucide-react";
import { useQueryStates } from "nuqs";
import { useDeferredValue, useState } from "react";
import { eventTypeOptions, FilterSelect, SearchField, TimeInput } from "@/components/forms/filter-fields.tsx";
import { PageHeader } from "@/components/layout/page-layout.tsx";
import { Button } from "@/components/ui/button.tsx";
import { useStableValue } from "@/lib/hooks.ts";
import { EventsList } from "./list.tsx";
import { eventsParams, findSearchProblem, toEventsInput } from "./search-params.ts";

export function EventsView() {
  const [params, setParams] = useQueryStates(eventsParams, { history: "push" });
  const { search, type, from, to, live, cursor } = params;
  const [refused, setRefused] = useState<{ text: string; problem: string } | null>(null);
  const input = useStableValue(toEventsInput(params));
  const shownInput = useDeferredValue(input);
  const addressProblem = findSearchProblem(search);
  const isFiltered = [search, type, from, to].some((value) => value !== null);
  const canFollow = cursor === null && to === null;
  const problem = refused?.problem ?? addressProblem;

  function narrow(change: Partial<typeof params>): void {
    setRefused(null);
    void setParams({ ...change, cursor: null });
  }

  const clear = () => narrow({ search: null, type: null, from: null, to: null });

  function applySearch(text: string): void {
    const found = findSearchProblem(text);
    if (found === null) narrow({ search: text || null });
    else setRefused({ text, problem: found });
  }

  return (
    <div className="flex flex-col gap-5">
      <PageHeader title="Events" description="Every recorded event, the latest first, and what became of it.">
        <Button
          variant={live && canFollow ? "secondary" : "outline"}
          aria-pressed={live && canFollow}
          disabled={!canFollow}
          onClick={() => setParams({ live: !live })}
        >
          <RadioIcon aria-hidden />
          Live tail
        </Button>
      </PageHeader>
      <search aria-label="Filter" className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <SearchField
          label="Search events"
          placeholder="Id, e-mail, any value, or field:value"
          value={refused?.text ?? search ?? ""}
          problem={problem}
          onSearch={applySearch}
          className="min-w-52 flex-1 basis-72 sm:w-auto"
        />
        <FilterSelect
          label="Event type"
          all="Any event"
          value={type}
          options={eventTypeOptions(type)}
          onChange={(value) => narrow({ type: value })}
        />
        <TimeInput label="From" value={from} onChange={(value) => narrow({ from: value })} />
        <TimeInput label="Before" value={to} onChange={(value) => narrow({ to: value })} />
        {(isFiltered || problem !== null) && (
          <Button variant="ghost" className="text-muted-foreground" onClick={clear}>
            Clear
          </Button>
        )}
      </search>
      {addressProblem === null && (
        <EventsList
          key={JSON.stringify(shownInput)}
          input={shownInput}
          isFollowed={live && canFollow}
          isFiltered={isFiltered}
          isStale={shownInput !== input}
          onClear={clear}
          onMove={(next) => setParams({ cursor: next })}
        />
      )}
    </div>
  );
}
