"use client";

import { catalog, eventTypes } from "@eventfork/core/events/catalog";
import type { IntegrationName } from "@eventfork/core/topology";
import { findProblems } from "@eventfork/filter-policy";
import { type ReactNode, useId, useState } from "react";
import { TimeInput } from "@/components/forms/filter-fields.tsx";
import { ReplayDialog, type SelectionToReplay } from "@/components/forms/replay-dialog.tsx";
import { useCanChange } from "@/components/layout/operator.tsx";
import { BackLink, PageHeader } from "@/components/layout/page-layout.tsx";
import { useEnabledIntegrations } from "@/components/table/integration.tsx";
import { Label, NativeSelect } from "@/components/ui/fields.tsx";
import { Card } from "@/components/ui/panels.tsx";
import { PolicyEditor } from "../../rules/editor/policy-editor.tsx";

export function BackfillForm({ first }: { first: IntegrationName | null }) {
  const canChange = useCanChange();
  const id = useId();
  const options = useEnabledIntegrations();
  const [integration, setIntegration] = useState(first ?? options[0]?.value ?? null);
  const [from, setFrom] = useState<Date | null>(null);
  const [to, setTo] = useState<Date | null>(null);
  const [types, setTypes] = useState<readonly string[]>(eventTypes);
  const [isWantedOnly, setIsWantedOnly] = useState(true);
  const [policyText, setPolicyText] = useState("");
  const problem = findProblem({ from, to, types, policyText });
  if (integration === null) return null;
  const title = options.find(({ value }) => value === integration)?.title ?? integration;
  const selection: SelectionToReplay = {
    source: "backfill",
    integration,
    wantedOnly: isWantedOnly,
    ...(from !== null && { from }),
    ...(to !== null && { to }),
    ...(types.length < eventTypes.length && { types: [...types] }),
    ...(policyText.trim() !== "" && { policyText }),
  };
  return (
    <div className="flex max-w-3xl flex-col gap-5">
      <BackLink href="/admin/replays">Replays</BackLink>
      <PageHeader
        title="Backfill"
        description="Sends past events to an integration that never had them. Delivered events are not sent again."
      />
      <Card className="flex flex-col gap-6 p-5">
        <div className="flex flex-col gap-2">
          <Label htmlFor={`${id}-integration`}>To</Label>
          <NativeSelect
            id={`${id}-integration`}
            value={integration}
            onChange={({ target }) =>
              setIntegration(options.find(({ value }) => value === target.value)?.value ?? integration)
            }
          >
            {options.map((option) => (
              <option key={option.value} value={option.value}>
                {option.title}
              </option>
            ))}
          </NativeSelect>
        </div>
        <fieldset className="flex flex-col gap-2">
          <legend className="mb-2 font-medium text-sm">Published</legend>
          <div className="flex flex-wrap gap-3">
            <TimeInput label="From" value={from} onChange={setFrom} />
            <TimeInput label="Before" value={to} onChange={setTo} />
          </div>
          <p className="text-muted-foreground text-xs">Left empty, the range is open on that side.</p>
        </fieldset>
        <fieldset className="flex flex-col gap-2">
          <legend className="mb-2 font-medium text-sm">Events</legend>
          {eventTypes.map((type) => (
            <Check
              key={type}
              isChecked={types.includes(type)}
              onChange={(isChecked) =>
                setTypes(eventTypes.filter((other) => (other === type ? isChecked : types.includes(other))))
              }
            >
              {catalog[type].plural} <code className="text-muted-foreground text-xs">{type}</code>
            </Check>
          ))}
        </fieldset>
        <Check isChecked={isWantedOnly} onChange={setIsWantedOnly}>
          Only events that {title}’s rule matches now
        </Check>
        <details>
          <summary className="w-fit rounded-sm font-medium text-sm">Narrow it with a filter policy</summary>
          <p className="mt-2 mb-2 text-muted-foreground text-xs">
            In the language of the rules, beside the rule itself. Empty: no other condition.
          </p>
          <PolicyEditor
            purpose="condition"
            label="Filter policy"
            describedBy={problem === null ? undefined : `${id}-problem`}
            text={policyText}
            isReadOnly={!canChange}
            isInvalid={policyText.trim() !== "" && findProblems(policyText, "MessageBody").length > 0}
            onEdit={setPolicyText}
          />
        </details>
        <div className="flex flex-wrap items-center gap-3">
          {canChange ? (
            <ReplayDialog selection={selection} disabled={problem !== null}>
              See what would be sent…
            </ReplayDialog>
          ) : (
            <p className="text-muted-foreground text-sm">Only an admin may backfill.</p>
          )}
          {problem !== null && (
            <p id={`${id}-problem`} role="alert" className="text-destructive text-sm">
              {problem}
            </p>
          )}
        </div>
      </Card>
    </div>
  );
}

type Draft = { from: Date | null; to: Date | null; types: readonly string[]; policyText: string };

function findProblem({ from, to, types, policyText }: Draft): string | null {
  if (from !== null && to !== null && from >= to) return "The range ends before it begins.";
  if (types.length === 0) return "Choose one kind of event or more.";
  const [problem] = policyText.trim() === "" ? [] : findProblems(policyText, "MessageBody");
  return problem === undefined ? null : `The filter policy: ${problem.message}`;
}

type CheckProps = { isChecked: boolean; onChange: (isChecked: boolean) => void; children: ReactNode };

function Check({ isChecked, onChange, children }: CheckProps) {
  return (
    <label className="flex w-fit items-center gap-2.5 text-sm">
      <input
        type="checkbox"
        checked={isChecked}
        onChange={({ target }) => onChange(target.checked)}
        className="size-4 accent-primary"
      />
      <span>{children}</span>
    </label>
  );
}
