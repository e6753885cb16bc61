"use client";

import type { RuleVersionItem } from "@eventfork/core/rules";
import type { IntegrationName } from "@eventfork/core/topology";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useId } from "react";
import { toast } from "sonner";
import { useCanChange } from "@/components/admin/operator.tsx";
import { FormField } from "@/components/form-field.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/card.tsx";
import { Label } from "@/components/ui/label.tsx";
import { Textarea } from "@/components/ui/textarea.tsx";
import { useTRPC } from "@/trpc/client.tsx";
import { AppliedState } from "./applied-state.tsx";

/** What the operator has typed, and the version that it started from. */
export type Draft = { text: string; baseVersion: number };

type RuleEditorProps = {
  integration: IntegrationName;
  active: RuleVersionItem;
  /** Null while the text is the active policy. */
  draft: Draft | null;
  onEdit: (text: string) => void;
  onDiscard: () => void;
};

export function RuleEditor({ integration, active, draft, onEdit, onDiscard }: RuleEditorProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const canChange = useCanChange();
  const id = useId();
  const activeText = JSON.stringify(active.policy, null, 2);
  const save = useMutation(
    trpc.rules.save.mutationOptions({
      onSuccess: ({ version, applyError }) => {
        onDiscard();
        if (applyError === null) toast.success(`Version ${version} is saved, and SNS has accepted it.`);
        else toast.warning(`Version ${version} is saved, but not applied yet: it is tried again by itself.`);
      },
      onSettled: () => queryClient.invalidateQueries(trpc.rules.pathFilter()),
    }),
  );

  function edit(text: string): void {
    if (save.isError) save.reset();
    onEdit(text);
  }

  function submit(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    if (draft === null) return;
    const note = String(new FormData(event.currentTarget).get("note")).trim();
    const { text: policyText, baseVersion: expectedVersion } = draft;
    save.mutate({ integration, policyText, expectedVersion, ...(note !== "" && { note }) });
  }

  function discard(): void {
    save.reset();
    onDiscard();
  }

  const problems = save.error?.data?.problems ?? [];
  const isOutdated = draft !== null && draft.baseVersion !== active.version;
  return (
    <Card>
      <form onSubmit={submit} className="flex flex-col gap-4 p-5">
        <div className="flex flex-wrap items-center justify-between gap-2">
          <Label htmlFor={id}>Filter policy, version {active.version}</Label>
          <AppliedState version={active} />
        </div>
        <Textarea
          id={id}
          value={draft?.text ?? activeText}
          onChange={(event) => edit(event.target.value)}
          readOnly={!canChange}
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          aria-invalid={save.isError}
          aria-describedby={save.isError ? `${id}-problems` : undefined}
          className="field-sizing-content max-h-[60dvh] min-h-56 resize-y font-mono leading-relaxed md:text-[0.8125rem]"
        />
        {save.isError && (
          <div id={`${id}-problems`} role="alert" className="flex flex-col gap-1.5 text-sm text-destructive">
            {problems.length === 0 ? (
              <p>{save.error.message}</p>
            ) : (
              <ul className="flex flex-col gap-1.5">
                {problems.map(({ path, message }) => (
                  <li key={`${path} ${message}`} className="break-words">
                    {path !== "" && (
                      <code className="mr-2 rounded-sm bg-destructive/10 px-1.5 py-0.5 font-mono">{path}</code>
                    )}
                    {message}
                  </li>
                ))}
              </ul>
            )}
          </div>
        )}
        {isOutdated && (
          <p role="status" className="text-sm text-warning">
            Version {active.version} was saved while you were editing version {draft.baseVersion}. Copy what you need,
            then discard your changes to see it.
          </p>
        )}
        {canChange ? (
          <>
            <FormField
              label="Note"
              name="note"
              maxLength={500}
              autoComplete="off"
              placeholder="Why this rule changes"
              key={active.version}
            />
            <div className="flex flex-wrap gap-2">
              <Button type="submit" disabled={draft === null || isOutdated || save.isPending}>
                {save.isPending ? "Saving…" : `Save as version ${active.version + 1}`}
              </Button>
              <Button variant="ghost" type="button" disabled={draft === null || save.isPending} onClick={discard}>
                Discard changes
              </Button>
            </div>
          </>
        ) : (
          <p className="text-sm text-muted-foreground">Only an admin may change a rule.</p>
        )}
      </form>
    </Card>
  );
}
