import type { BuilderCondition } from "@eventfork/filter-policy";
import { PlusIcon, Trash2Icon } from "lucide-react";
import { Button } from "@/components/ui/button.tsx";
import { Input, NativeSelect } from "@/components/ui/fields.tsx";
import { kindOfField, operatorOf, operators, startOf, useRowIds } from "./builder-options.ts";

type ConditionsProps = {
  path: string;
  conditions: BuilderCondition[];
  onChange: (conditions: BuilderCondition[]) => void;
};

export function BuilderConditions({ path, conditions, onChange }: ConditionsProps) {
  const { ids, forget } = useRowIds(conditions.length);
  const replace = (index: number, condition: BuilderCondition) =>
    onChange(conditions.map((other, at) => (at === index ? condition : other)));
  const remove = (index: number) => {
    forget(index);
    onChange(conditions.filter((_, at) => at !== index));
  };
  return (
    <ul className="flex min-w-0 flex-col gap-2">
      {conditions.map((condition, index) => (
        <li key={ids[index]} className="flex min-w-0 flex-wrap items-center gap-2">
          {index > 0 && <span className="text-xs font-medium text-muted-foreground uppercase">or</span>}
          <Condition path={path} condition={condition} onChange={(next) => replace(index, next)} />
          {conditions.length > 1 && <RemoveButton label="Remove this value" onClick={() => remove(index)} />}
        </li>
      ))}
      <li>
        <Button
          type="button"
          variant="link"
          className="h-auto p-0 text-muted-foreground text-xs"
          onClick={() => onChange([...conditions, startOf(path)])}
        >
          <PlusIcon aria-hidden className="size-3" />
          or …
        </Button>
      </li>
    </ul>
  );
}

type ConditionProps = { path: string; condition: BuilderCondition; onChange: (condition: BuilderCondition) => void };

function Condition({ path, condition, onChange }: ConditionProps) {
  const kind = kindOfField(path);
  const current = operatorOf(condition);
  if (condition.kind === "raw" || current === undefined) {
    return (
      <p className="min-w-0 text-sm text-muted-foreground">
        <code className="break-all rounded-sm bg-muted px-1.5 py-0.5 font-mono text-foreground text-xs">
          {condition.kind === "raw" ? JSON.stringify(condition.json) : condition.kind}
        </code>{" "}
        cannot be drawn; change it in the JSON.
      </p>
    );
  }
  const offered = operators.filter(
    (operator) => operator === current || kind === undefined || operator.kinds.includes(kind),
  );
  const choose = (id: string) => {
    const start = operators.find((operator) => operator.id === id)?.start;
    if (start !== undefined) onChange(keepText(condition, start));
  };
  return (
    <>
      <NativeSelect aria-label="Operator" value={current.id} onChange={(event) => choose(event.target.value)}>
        {offered.map(({ id, title }) => (
          <option key={id} value={id}>
            {title}
          </option>
        ))}
      </NativeSelect>
      <Value condition={condition} onChange={onChange} />
    </>
  );
}

function Value({ condition, onChange }: Omit<ConditionProps, "path">) {
  switch (condition.kind) {
    case "is":
      if (typeof condition.value !== "string" && typeof condition.value !== "number") return null;
      return (
        <Text
          value={String(condition.value)}
          onChange={(text) => onChange({ ...condition, value: asBefore(condition.value, text) })}
        />
      );
    case "is-not":
      return (
        <Text
          label="Values, with commas between"
          value={condition.values.join(", ")}
          onChange={(text) => onChange({ ...condition, values: splitLike(condition.values, text) })}
        />
      );
    case "not-prefix":
    case "not-suffix":
    case "not-equals-ignore-case":
    case "not-wildcard": {
      const { values } = condition;
      const change = (text: string) =>
        onChange({ ...condition, values: values.length > 1 ? text.split(/, */) : [text] });
      return <Text value={values.join(", ")} onChange={change} />;
    }
    case "numeric":
      return condition.ends.map(([operator, bound], index) => (
        <Input
          key={operator}
          type="number"
          step="any"
          aria-label={index === 0 ? "From" : "To"}
          value={bound}
          className="h-9 w-28"
          onChange={({ target }) => {
            if (Number.isNaN(target.valueAsNumber)) return;
            const ends = condition.ends.map((end, at): typeof end =>
              at === index ? [operator, target.valueAsNumber] : end,
            );
            onChange({ ...condition, ends });
          }}
        />
      ));
    case "present":
    case "absent":
    case "raw":
      return null;
    default:
      return <Text value={condition.value} onChange={(value) => onChange({ ...condition, value })} />;
  }
}

type TextProps = { label?: string; value: string; onChange: (text: string) => void };

function Text({ label = "Value", value, onChange }: TextProps) {
  return (
    <Input
      aria-label={label}
      value={value}
      spellCheck={false}
      autoComplete="off"
      className="h-9 min-w-32 flex-1"
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

function keepText(from: BuilderCondition, to: BuilderCondition): BuilderCondition {
  const text = "value" in from ? from.value : "values" in from ? from.values[0] : undefined;
  if (typeof text !== "string" || text === "") return to;
  if ("values" in to) return { ...to, values: [text] };
  return "value" in to && typeof to.value === "string" ? ({ ...to, value: text } as BuilderCondition) : to;
}

function asBefore(before: unknown, text: string): string | number {
  return typeof before === "number" && text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}

function splitLike(before: readonly (string | number)[], text: string): (string | number)[] {
  const parts = text.split(/, */);
  const areNumbers = before.every((value) => typeof value === "number");
  return areNumbers && parts.every((part) => part.trim() !== "" && Number.isFinite(Number(part)))
    ? parts.map(Number)
    : parts;
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
