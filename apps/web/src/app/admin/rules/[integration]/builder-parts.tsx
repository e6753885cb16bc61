import type { BuilderChoice, BuilderField, BuilderPart } from "@eventfork/core/rules/language";
import { PlusIcon, Trash2Icon } from "lucide-react";
import { Fragment } from "react";
import { Button } from "@/components/ui/button.tsx";
import { NativeSelect } from "@/components/ui/native-select.tsx";
import { BuilderConditions } from "./builder-conditions.tsx";
import { fields, startOf, toTitle } from "./builder-options.ts";

type PartsProps = { parts: BuilderPart[]; depth: number; onChange: (parts: BuilderPart[]) => void };

/** Deeper alternatives are shown as JSON: drawn, they would be harder to read than that. */
const deepestDrawn = 2;

/** All of these must hold. */
export function BuilderParts({ parts, depth, onChange }: PartsProps) {
  const replace = (index: number, part: BuilderPart | null) =>
    onChange(parts.flatMap((other, at) => (at === index ? (part === null ? [] : [part]) : [other])));
  return (
    <div className="flex min-w-0 flex-col gap-3">
      {depth === 0 && parts.length > 0 && <p className="text-sm font-medium">Only when</p>}
      {parts.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a part's keys change while they are chosen; its place does not.
        <Fragment key={index}>
          {index > 0 && <Joint word="and" />}
          <Part part={part} depth={depth} onChange={(next) => replace(index, next)} />
        </Fragment>
      ))}
      <AddPart parts={parts} depth={depth} onAdd={(part) => onChange([...parts, part])} />
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

type PartProps = { part: BuilderPart; depth: number; onChange: (part: BuilderPart | null) => void };

function Part({ part, depth, onChange }: PartProps) {
  if (part.kind === "field") return <Field field={part} onChange={onChange} />;
  if (part.kind === "choice" && depth < deepestDrawn) return <Choice choice={part} depth={depth} onChange={onChange} />;
  return (
    <div className="rounded-md border border-dashed px-3 py-2 text-sm">
      <p className="text-muted-foreground">
        <code className="font-mono text-foreground">{part.keys.join(".") || "$or"}</code> cannot be drawn here. It
        counts all the same; change it in the JSON.
      </p>
      <RemoveButton label={`Remove ${part.keys.join(".") || "$or"}`} onClick={() => onChange(null)} />
    </div>
  );
}

function Field({ field, onChange }: { field: BuilderField; onChange: PartProps["onChange"] }) {
  const path = field.keys.join(".");
  const isKnown = fields.some((known) => known.path === path);
  const choose = (next: string) => onChange({ kind: "field", keys: next.split("."), conditions: [startOf(next)] });
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
            <option key={known.path} value={known.path}>
              {known.title} ({known.path})
            </option>
          ))}
        </NativeSelect>
        <RemoveButton label={`Remove ${toTitle(path)}`} onClick={() => onChange(null)} />
      </div>
      <BuilderConditions
        path={path}
        conditions={field.conditions}
        onChange={(conditions) => onChange(conditions.length === 0 ? null : { ...field, conditions })}
      />
    </fieldset>
  );
}

function Choice({
  choice,
  depth,
  onChange,
}: {
  choice: BuilderChoice;
  depth: number;
  onChange: PartProps["onChange"];
}) {
  const { alternatives } = choice;
  const replace = (index: number, parts: BuilderPart[]) => {
    const next = alternatives.map((other, at) => (at === index ? parts : other)).filter((other) => other.length > 0);
    // With one alternative left it is no choice any more: what remains must hold.
    const [only = [], second] = next;
    const inlined = only.length === 1 ? only[0] : undefined;
    if (second !== undefined || inlined === undefined)
      return onChange(next.length === 0 ? null : { ...choice, alternatives: next });
    return onChange({ ...inlined, keys: [...choice.keys, ...inlined.keys] });
  };
  return (
    <fieldset aria-label="Any of these" className="flex min-w-0 flex-col gap-3 rounded-md border bg-muted/40 p-3">
      <p className="text-sm font-medium">
        Any of these{choice.keys.length > 0 && <code className="ml-2 font-mono text-xs">{choice.keys.join(".")}</code>}
      </p>
      {alternatives.map((parts, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: alternatives have no identity but their place.
        <Fragment key={index}>
          {index > 0 && <Joint word="or" />}
          <BuilderParts parts={parts} depth={depth + 1} onChange={(next) => replace(index, next)} />
        </Fragment>
      ))}
      <Button
        type="button"
        variant="outline"
        size="sm"
        className="self-start"
        onClick={() => onChange({ ...choice, alternatives: [...alternatives, [newField([])]] })}
      >
        <PlusIcon aria-hidden />
        Another alternative
      </Button>
    </fieldset>
  );
}

function AddPart({ parts, depth, onAdd }: { parts: BuilderPart[]; depth: number; onAdd: (part: BuilderPart) => void }) {
  const canChoose = depth < deepestDrawn && !parts.some((part) => part.kind === "choice" && part.keys.length === 0);
  return (
    <div className="flex flex-wrap gap-2">
      <Button type="button" variant="outline" size="sm" onClick={() => onAdd(newField(parts))}>
        <PlusIcon aria-hidden />
        {depth === 0 ? "Add a condition" : "And another"}
      </Button>
      {canChoose && (
        <Button
          type="button"
          variant="ghost"
          size="sm"
          onClick={() => onAdd({ kind: "choice", keys: [], alternatives: [[newField(parts)], [newField(parts)]] })}
        >
          <PlusIcon aria-hidden />
          Either … or …
        </Button>
      )}
    </div>
  );
}

/** A row of the first field that has none yet. */
function newField(parts: readonly BuilderPart[]): BuilderField {
  const taken = new Set(parts.map(({ keys }) => keys.join(".")));
  const path =
    ["data.email", ...fields.map((field) => field.path)].find((candidate) => !taken.has(candidate)) ?? "data.email";
  return { kind: "field", keys: path.split("."), conditions: [startOf(path)] };
}

export function RemoveButton({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <Button
      type="button"
      variant="ghost"
      size="icon"
      aria-label={label}
      title={label}
      onClick={onClick}
      className="shrink-0 text-muted-foreground"
    >
      <Trash2Icon aria-hidden />
    </Button>
  );
}
