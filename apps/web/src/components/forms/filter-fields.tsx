"use client";

import { catalog, eventTypes } from "@eventfork/core/events/catalog";
import type { IntegrationName } from "@eventfork/core/topology";
import { SearchIcon } from "lucide-react";
import { type SubmitEvent, useId, useRef } from "react";
import { Input, Label, NativeSelect } from "@/components/ui/fields.tsx";
import { useIsHydrated } from "@/lib/hooks.ts";
import { integrationOptions } from "@/lib/search-params.ts";
import { cn } from "@/lib/utils.ts";

type FilterSelectProps<Value extends string> = {
  label: string;
  all: string;
  value: Value | null;
  options: readonly { value: Value; title: string }[];
  onChange: (value: Value | null) => void;
};

export function FilterSelect<Value extends string>({ label, all, value, options, onChange }: FilterSelectProps<Value>) {
  return (
    <NativeSelect
      aria-label={label}
      value={value ?? ""}
      onChange={(event) => onChange(options.find((option) => option.value === event.target.value)?.value ?? null)}
    >
      <option value="">{all}</option>
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.title}
        </option>
      ))}
    </NativeSelect>
  );
}

type Values<Status extends string> = {
  integration: IntegrationName | null;
  status: Status | null;
  eventType: string | null;
};

type DeliverySelectsProps<Status extends string> = {
  values: Values<Status>;
  statuses: readonly { value: Status; title: string }[];
  onChange: (change: Partial<Values<Status>>) => void;
};

export function DeliverySelects<Status extends string>({ values, statuses, onChange }: DeliverySelectsProps<Status>) {
  return (
    <>
      <FilterSelect
        label="Integration"
        all="All integrations"
        value={values.integration}
        options={integrationOptions}
        onChange={(integration) => onChange({ integration })}
      />
      <FilterSelect
        label="Status"
        all="Any status"
        value={values.status}
        options={statuses}
        onChange={(status) => onChange({ status })}
      />
      <FilterSelect
        label="Event type"
        all="Any event"
        value={values.eventType}
        options={eventTypeOptions(values.eventType)}
        onChange={(eventType) => onChange({ eventType })}
      />
    </>
  );
}

const toLocal = (date: Date) => new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);

type TimeInputProps = { label: string; value: Date | null; onChange: (date: Date | null) => void };

export function TimeInput({ label, value, onChange }: TimeInputProps) {
  const id = useId();
  const isHydrated = useIsHydrated();
  return (
    <div className="flex items-center gap-2">
      <Label htmlFor={id} className="whitespace-nowrap font-normal text-muted-foreground">
        {label}
      </Label>
      <Input
        id={id}
        type="datetime-local"
        className="h-9 w-fit"
        value={value === null || !isHydrated ? "" : toLocal(value)}
        onChange={({ target }) => onChange(target.value === "" ? null : new Date(target.value))}
      />
    </div>
  );
}

type SearchFieldProps = {
  label: string;
  placeholder: string;
  value: string;
  problem?: string | null;
  maxLength?: number;
  onSearch: (text: string) => void;
  className?: string;
};

export function SearchField(props: SearchFieldProps) {
  const { label, placeholder, value, problem = null, maxLength = 254, onSearch, className } = props;
  const input = useRef<HTMLInputElement>(null);
  const problemId = useId();

  function submit(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    onSearch(input.current?.value.trim() ?? "");
  }

  return (
    <search className={cn("w-full sm:w-60", className)}>
      <form onSubmit={submit} className="relative">
        <SearchIcon
          aria-hidden
          className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-muted-foreground"
        />
        <Input
          key={value}
          ref={input}
          type="search"
          aria-label={label}
          aria-invalid={problem !== null}
          aria-describedby={problem === null ? undefined : problemId}
          placeholder={placeholder}
          defaultValue={value}
          maxLength={maxLength}
          className="h-9 pl-8"
        />
      </form>
      {problem !== null && (
        <p id={problemId} role="alert" className="mt-1 text-destructive text-xs">
          {problem}
        </p>
      )}
    </search>
  );
}

export function eventTypeOptions(chosen: string | null): { value: string; title: string }[] {
  const options = eventTypes.map((value) => ({ value: String(value), title: catalog[value].plural }));
  const isKnown = chosen === null || options.some(({ value }) => value === chosen);
  return isKnown ? options : [...options, { value: chosen, title: chosen }];
}
