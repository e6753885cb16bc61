import { catalog, type EventType, eventTypes, isEventType } from "@eventfork/core/events/catalog";
import {
  type BuilderChoice,
  type BuilderField,
  type BuilderPart,
  fromBuilder,
  type Policy,
  toBuilder,
} from "@eventfork/filter-policy";
import { PlusIcon } from "lucide-react";
import { Fragment } from "react";
import { Button } from "@/components/ui/button.tsx";
import { NativeSelect } from "@/components/ui/fields.tsx";
import { BuilderConditions, RemoveButton } from "./builder-conditions.tsx";
import { fields, startOf, toTitle, useRowIds } from "./builder-options.ts";

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

type PartsProps = { parts: BuilderPart[]; depth: number; onChange: (parts: BuilderPart[]) => void };

const deepestDrawn = 2;

function BuilderParts({ parts, depth, onChange }: PartsProps) {
  const { ids, forget } = useRowIds(parts.length);
  const replace = (index: number, next: readonly BuilderPart[]) => {
    if (next.length === 0) forget(index);
    onChange(parts.flatMap((other, at) => (at === index ? next : [other])));
  };
  const taken = new Set(parts.map(pathOf));
  return (
    <div className="flex min-w-0 flex-col gap-3">
      {depth === 0 && parts.length > 0 && <p className="text-sm font-medium">Only when</p>}
      {parts.map((part, index) => (
        <Fragment key={ids[index]}>
          {index > 0 && <Joint word="and" />}
          <PartEditor part={part} depth={depth} taken={taken} onChange={(next) => replace(index, next)} />
        </Fragment>
      ))}
      <AddPart parts={parts} depth={depth} taken={taken} onAdd={(part) => onChange([...parts, part])} />
    </div>
  );
}

function Joint({ word }: { word: "and" | "or" }) {
  return (
    <p className="flex items-center gap-2 text-xs font-medium text-muted-foreground uppercase tracking-wide">
      {word}
      <span aria-hidden className="h-px flex-1 bg-border" />
    </p>
  );
}

type PartEditorProps = {
  part: BuilderPart;
  depth: number;
  taken: ReadonlySet<string>;
  onChange: (parts: readonly BuilderPart[]) => void;
};

function PartEditor({ part, depth, taken, onChange }: PartEditorProps) {
  if (part.kind === "field") return <Field field={part} taken={taken} onChange={onChange} />;
  if (part.kind === "choice" && depth < deepestDrawn)
    return <Choice choice={part} depth={depth} taken={taken} onChange={onChange} />;
  return (
    <div className="rounded-md border border-dashed px-3 py-2 text-sm">
      <p className="text-muted-foreground">
        <code className="font-mono text-foreground">{part.keys.join(".") || "$or"}</code> cannot be drawn here. It
        counts all the same; change it in the JSON.
      </p>
      <RemoveButton label={`Remove ${part.keys.join(".") || "$or"}`} onClick={() => onChange([])} />
    </div>
  );
}

function Field({ field, taken, onChange }: Omit<PartEditorProps, "part" | "depth"> & { field: BuilderField }) {
  const path = field.keys.join(".");
  const isKnown = fields.some((known) => known.path === path);
  const choose = (next: string) => onChange([{ kind: "field", keys: next.split("."), conditions: [startOf(next)] }]);
  return (
    <fieldset aria-label={toTitle(path)} className="flex min-w-0 flex-col gap-2 rounded-md border px-3 py-3">
      <div className="flex min-w-0 items-center justify-between gap-2">
        <NativeSelect
          aria-label="Field"
          value={path}
          onChange={(event) => choose(event.target.value)}
          className="min-w-0"
        >
          {!isKnown && <option value={path}>{path}</option>}
          {fields.map((known) => (
            <option key={known.path} value={known.path} disabled={known.path !== path && taken.has(known.path)}>
              {known.title} ({known.path})
            </option>
          ))}
        </NativeSelect>
        <RemoveButton label={`Remove ${toTitle(path)}`} onClick={() => onChange([])} />
      </div>
      <BuilderConditions
        path={path}
        conditions={field.conditions}
        onChange={(conditions) => onChange(conditions.length === 0 ? [] : [{ ...field, conditions }])}
      />
    </fieldset>
  );
}

function Choice({ choice, depth, taken, onChange }: Omit<PartEditorProps, "part"> & { choice: BuilderChoice }) {
  const { keys, alternatives } = choice;
  const { ids, forget } = useRowIds(alternatives.length);
  const replace = (index: number, parts: BuilderPart[]) => {
    if (parts.length === 0) forget(index);
    const next = alternatives.map((other, at) => (at === index ? parts : other)).filter((other) => other.length > 0);
    const [only, second] = next;
    if (only === undefined || second !== undefined)
      return onChange(only === undefined ? [] : [{ ...choice, alternatives: next }]);
    const inlined = only.map((part): BuilderPart => ({ ...part, keys: [...keys, ...part.keys] }));
    return onChange(inlined.filter((part) => !taken.has(pathOf(part))));
  };
  return (
    <fieldset aria-label="Any of these" className="flex min-w-0 flex-col gap-3 rounded-md border bg-muted/40 p-3">
      <p className="text-sm font-medium">
        Any of these{keys.length > 0 && <code className="ml-2 font-mono text-xs">{keys.join(".")}</code>}
      </p>
      {alternatives.map((parts, index) => (
        <Fragment key={ids[index]}>
          {index > 0 && <Joint word="or" />}
          <BuilderParts parts={parts} depth={depth + 1} onChange={(next) => replace(index, next)} />
        </Fragment>
      ))}
      <Button
        type="button"
        variant="outline"
        size="sm"
        className="self-start"
        onClick={() => onChange([{ ...choice, alternatives: [...alternatives, newParts(new Set())] }])}
      >
        <PlusIcon aria-hidden />
        Another alternative
      </Button>
    </fieldset>
  );
}

type AddPartProps = Pick<PartEditorProps, "depth" | "taken"> & {
  parts: readonly BuilderPart[];
  onAdd: (part: BuilderPart) => void;
};

function AddPart({ parts, depth, taken, onAdd }: AddPartProps) {
  const canChoose = depth < deepestDrawn && !parts.some((part) => part.kind === "choice" && part.keys.length === 0);
  const [field] = newParts(taken);
  return (
    <div className="flex flex-wrap gap-2">
      {field !== undefined && (
        <Button type="button" variant="outline" size="sm" onClick={() => onAdd(field)}>
          <PlusIcon aria-hidden />
          {depth === 0 ? "Add a condition" : "And another"}
        </Button>
      )}
      {canChoose && (
        <Button
          type="button"
          variant="ghost"
          size="sm"
          onClick={() => onAdd({ kind: "choice", keys: [], alternatives: [newParts(new Set()), newParts(new Set())] })}
        >
          <PlusIcon aria-hidden />
          Either … or …
        </Button>
      )}
    </div>
  );
}

function newParts(taken: ReadonlySet<string>): BuilderField[] {
  const path = ["data.email", ...fields.map((field) => field.path)].find((candidate) => !taken.has(candidate));
  return path === undefined ? [] : [{ kind: "field", keys: path.split("."), conditions: [startOf(path)] }];
}

function pathOf(part: BuilderPart): string {
  return [...part.keys, ...(part.kind === "choice" ? ["$or"] : [])].join(".");
}
