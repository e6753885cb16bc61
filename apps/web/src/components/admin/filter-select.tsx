import type { IntegrationName } from "@eventfork/core/topology";
import { NativeSelect } from "@/components/ui/native-select.tsx";
import { eventTypeOptions } from "@/lib/event-types.ts";
import { integrationOptions } from "@/lib/list-params.ts";

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
