"use client";

import type { RuleVersionItem } from "@eventfork/core/rules";
import type { IntegrationName } from "@eventfork/core/topology";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useId } from "react";
import { toast } from "sonner";
import { FormField } from "@/components/forms/form-field.tsx";
import { EditorProblems } from "@/components/forms/lazy-code.tsx";
import { useCanChange } from "@/components/layout/operator.tsx";
import { ErrorText } from "@/components/layout/page-layout.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Alert, Card } from "@/components/ui/panels.tsx";
import { cn } from "@/lib/utils.ts";
import { useTRPC } from "@/trpc/client.tsx";
import { AppliedState } from "../[integration]/rollout-status.tsx";
import { Builder } from "./builder.tsx";
import { PolicyDiff } from "./policy-diff.tsx";
import { PolicyEditor } from "./policy-editor.tsx";
import { formatPolicyText, type ParsedPolicyText, templates } from "./policy-text.ts";

export type Draft = { text: string; base: RuleVersionItem };

type RuleEditorProps = {
  integration: IntegrationName;
  active: RuleVersionItem;
  draft: Draft | null;
  text: string;
  read: ParsedPolicyText;
  onEdit: (text: string) => void;
  onRebase: () => void;
  onDiscard: () => void;
};

export function RuleEditor({ integration, active, draft, text, read, onEdit, onRebase, onDiscard }: RuleEditorProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const canChange = useCanChange();
  const id = useId();
  const save = useMutation(
    trpc.rules.save.mutationOptions({
      onSuccess: ({ version, applyError }) => {
        onDiscard();
        if (applyError === null) toast.success(`Version ${version} is saved and accepted.`);
        else toast.warning(`Version ${version} is saved, but not applied yet: it is tried again by itself.`);
      },
      onSettled: () => queryClient.invalidateQueries(trpc.rules.pathFilter()),
    }),
  );

  function edit(next: string): void {
    if (save.isError) save.reset();
    onEdit(next);
  }

  function submit(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    if (draft === null) return;
    if (read.problems.length > 0) {
      toast.error("This policy is not valid, so it was not saved.");
      return;
    }
    const note = String(new FormData(event.currentTarget).get("note")).trim();
    save.mutate({
      integration,
      policyText: draft.text,
      expectedVersion: draft.base.version,
      ...(note !== "" && { note }),
    });
  }

  function discard(): void {
    save.reset();
    onDiscard();
  }

  const isOutdated = draft !== null && draft.base.version !== active.version;
  return (
    <Card>
      <form onSubmit={submit} className="flex flex-col gap-5 p-5">
        <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
          <Sentence read={read} isDraft={draft !== null} version={active.version} />
          <div className="flex flex-col gap-1.5">
            {draft !== null && (
              <p className="text-xs text-muted-foreground">Version {active.version}, which this would replace</p>
            )}
            <AppliedState version={active} />
          </div>
        </div>
        {canChange && <Templates onChoose={edit} />}
        <div className="grid items-start gap-5 lg:grid-cols-2">
          {read.policy === null ? (
            <p className="rounded-md border border-dashed p-4 text-sm text-muted-foreground">
              The text is not a policy yet, so there is nothing to draw. It is here again once the JSON is whole.
            </p>
          ) : (
            <Builder policy={read.policy} canChange={canChange} onChange={(policy) => edit(formatPolicyText(policy))} />
          )}
          <div className="flex min-w-0 flex-col gap-3">
            <PolicyEditor
              purpose="rule"
              label={`Filter policy, version ${active.version}`}
              describedBy={read.problems.length > 0 ? `${id}-problems` : undefined}
              text={text}
              isReadOnly={!canChange}
              isInvalid={read.problems.length > 0 || save.isError}
              onEdit={edit}
            />
            <EditorProblems id={`${id}-problems`} problems={read.problems} />
          </div>
        </div>
        <ErrorText error={isOutdated ? null : save.error} />
        {isOutdated && <Outdated draft={draft} active={active} onRebase={onRebase} onDiscard={discard} />}
        {canChange ? (
          <div className="flex flex-wrap items-end gap-3">
            <div className="min-w-64 flex-1">
              <FormField
                label="Note"
                name="note"
                maxLength={500}
                autoComplete="off"
                placeholder="Why this rule changes"
                key={active.version}
              />
            </div>
            <Button type="submit" disabled={draft === null || isOutdated || save.isPending}>
              {save.isPending ? "Saving…" : `Save as version ${active.version + 1}`}
            </Button>
            <Button variant="ghost" type="button" disabled={draft === null || save.isPending} onClick={discard}>
              Discard changes
            </Button>
          </div>
        ) : (
          <p className="text-sm text-muted-foreground">Only an admin may change a rule.</p>
        )}
      </form>
    </Card>
  );
}

function Sentence({ read, isDraft, version }: { read: ParsedPolicyText; isDraft: boolean; version: number }) {
  return (
    <div className="flex min-w-0 flex-1 basis-72 flex-col gap-1">
      <p className="text-xs text-muted-foreground">
        {isDraft ? `Draft, after version ${version}` : `Version ${version}`}
      </p>
      <p
        aria-live="polite"
        className={cn("text-pretty break-words font-medium", read.sentence === null && "text-destructive")}
      >
        {read.sentence === null ? "This policy is not valid." : `${read.sentence}.`}
      </p>
    </div>
  );
}

function Templates({ onChoose }: { onChoose: (text: string) => void }) {
  return (
    <fieldset aria-label="Templates" className="flex flex-wrap items-center gap-2">
      <span className="text-sm text-muted-foreground">Start from</span>
      {templates.map(({ title, policy }) => (
        <Button
          key={title}
          type="button"
          variant="outline"
          size="sm"
          onClick={() => onChoose(formatPolicyText(policy))}
        >
          {title}
        </Button>
      ))}
    </fieldset>
  );
}

type OutdatedProps = { draft: Draft; active: RuleVersionItem; onRebase: () => void; onDiscard: () => void };

function Outdated({ draft: { text, base }, active, onRebase, onDiscard }: OutdatedProps) {
  return (
    <Alert variant="warning" className="flex flex-col gap-3">
      <p>
        <span className="font-medium">
          {active.author} saved version {active.version} while you were editing version {base.version}.
        </span>{" "}
        Nothing was overwritten.
        {active.note !== null && <> Their note: “{active.note}”</>}
      </p>
      <p className="text-muted-foreground text-xs">Their changes</p>
      <PolicyDiff
        label={`Version ${base.version} and version ${active.version}`}
        before={base.policy}
        after={active.policy}
      />
      <p className="text-muted-foreground text-xs">Your changes to theirs</p>
      <PolicyDiff label={`Version ${active.version} and your draft`} before={active.policy} after={text} />
      <div className="flex flex-wrap gap-2">
        <Button type="button" size="sm" variant="outline" onClick={onDiscard}>
          Take theirs
        </Button>
        <Button type="button" size="sm" onClick={onRebase}>
          Keep mine, on top of version {active.version}
        </Button>
      </div>
    </Alert>
  );
}
