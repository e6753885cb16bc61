import { catalog, type EventType, eventTypes, isEventType } from "@eventfork/core/events";
import {
  type BuilderField,
  type BuilderPart,
  fromBuilder,
  type Policy,
  toBuilder,
} from "@eventfork/core/rules/language";
import { BuilderParts } from "./builder-parts.tsx";

type BuilderProps = { policy: Policy; canChange: boolean; onChange: (policy: Policy) => void };

export function Builder({ policy, canChange, onChange }: BuilderProps) {
  const parts = toBuilder(policy);
  const change = (next: BuilderPart[]) => onChange(fromBuilder(next));
  const typeField = parts.find(isTypeField);
  const isTypeDrawn = typeField !== undefined || parts.every(({ keys }) => keys.join(".") !== "type");
  const others = parts.filter((part) => part !== typeField);
  const withType = (types: readonly EventType[] | null) => {
    const field: BuilderField = {
      kind: "field",
      keys: ["type"],
      conditions: (types ?? []).map((value) => ({ kind: "is", value })),
    };
    change(types === null ? others : [field, ...others]);
  };
  return (
    <fieldset disabled={!canChange} className="flex min-w-0 flex-col gap-5">
      <legend className="sr-only">Builder</legend>
      {isTypeDrawn && <EventTypes field={typeField} onChange={withType} />}
      <BuilderParts
        parts={others}
        depth={0}
        onChange={(next) => change(typeField === undefined ? next : [typeField, ...next])}
      />
    </fieldset>
  );
}

function isTypeField(part: BuilderPart): part is BuilderField {
  if (part.kind !== "field" || part.keys.length !== 1 || part.keys[0] !== "type") return false;
  return part.conditions.every(
    (condition) => condition.kind === "is" && typeof condition.value === "string" && isEventType(condition.value),
  );
}

type EventTypesProps = { field: BuilderField | undefined; onChange: (types: readonly EventType[] | null) => void };

function EventTypes({ field, onChange }: EventTypesProps) {
  const chosen = eventTypes.filter((type) =>
    field?.conditions.some((condition) => condition.kind === "is" && condition.value === type),
  );
  const isAny = field === undefined;
  const toggle = (type: EventType) => {
    const from = isAny ? [...eventTypes] : chosen;
    const next = from.includes(type) ? from.filter((other) => other !== type) : [...from, type];
    onChange(eventTypes.filter((other) => next.includes(other)));
  };
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-2 text-sm font-medium">Which events</legend>
      <label className="flex items-center gap-2.5 text-sm">
        <input
          type="checkbox"
          checked={isAny}
          onChange={() => onChange(isAny ? eventTypes : null)}
          className="size-4 accent-primary"
        />
        Any type, also ones to come
      </label>
      <div className="flex flex-wrap gap-x-5 gap-y-2">
        {eventTypes.map((type) => (
          <label key={type} className="flex items-center gap-2.5 text-sm" title={catalog[type].description}>
            <input
              type="checkbox"
              checked={isAny || chosen.includes(type)}
              onChange={() => toggle(type)}
              className="size-4 accent-primary"
            />
            {catalog[type].plural}
            <code className="text-xs text-muted-foreground">{type}</code>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
