"use client";

import type { RevealedDeadLetter } from "@eventfork/core/dead-letters";
import type { DeadLetterDetail } from "@eventfork/core/history";
import type { PayloadChange } from "@eventfork/core/replays";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { EyeIcon, PencilIcon, SendIcon } from "lucide-react";
import { useRouter } from "next/navigation";
import { useId, useMemo, useState } from "react";
import { toast } from "sonner";
import { ConfirmButton } from "@/components/forms/confirm-button.tsx";
import type { Underlined } from "@/components/forms/json-code.tsx";
import { locatePath } from "@/components/forms/json-path.ts";
import { EditorProblems, JsonEditor } from "@/components/forms/lazy-code.tsx";
import { useCanChange } from "@/components/layout/operator.tsx";
import { ErrorText } from "@/components/layout/page-layout.tsx";
import { Button } from "@/components/ui/button.tsx";
import { indent, JsonBlock } from "@/components/ui/json-block.tsx";
import { Card } from "@/components/ui/panels.tsx";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import { pluralise } from "@/lib/format.ts";
import { useDebounced } from "@/lib/hooks.ts";
import { useTRPC, useTRPCClient } from "@/trpc/client.tsx";

type Reveal = {
  data: RevealedDeadLetter | undefined;
  isPending: boolean;
  mutateAsync: (input: { id: string }) => Promise<RevealedDeadLetter>;
};

type PayloadProps = { data: DeadLetterDetail; reveal: Reveal; canEdit: boolean };

const audited = "That you have seen it is written to the audit log.";

export function Payload({ data, reveal, canEdit }: PayloadProps) {
  const canChange = useCanChange();
  const [isEditing, setIsEditing] = useState(false);
  const { id, editedBody, editedBy, editedAt } = data;
  const shown = reveal.data;

  async function show(): Promise<boolean> {
    try {
      if (shown === undefined) await reveal.mutateAsync({ id });
      return true;
    } catch (error) {
      toast.error(error instanceof Error ? error.message : String(error));
      return false;
    }
  }

  async function edit(): Promise<void> {
    setIsEditing(await show());
  }

  return (
    <div className="flex flex-col gap-3">
      <JsonBlock
        title={shown === undefined ? "Payload, personal data masked" : "Payload"}
        text={shown?.body ?? data.body}
      />
      {editedBody !== null && (
        <>
          <p className="text-muted-foreground text-sm">
            Edited by {editedBy ?? "somebody"}
            {editedAt !== null && (
              <>
                {" "}
                <RelativeTime date={editedAt} />
              </>
            )}
            . A replay sends the edited payload; the original above is kept.
          </p>
          <JsonBlock title="Payload as edited" text={shown?.editedBody ?? editedBody} />
        </>
      )}
      {canChange && (
        <div className="flex flex-wrap gap-2">
          {shown === undefined && (
            <ConfirmButton
              question="Show personal data?"
              consequence={`The payload of this one dead letter is shown whole, with names and addresses. ${audited}`}
              confirm="Show it"
              disabled={reveal.isPending}
              onConfirm={show}
            >
              <EyeIcon aria-hidden />
              Show personal data…
            </ConfirmButton>
          )}
          {canEdit && !isEditing && (
            <ConfirmButton
              question="Edit this payload?"
              consequence={`The payload is shown whole, with personal data, so that you can edit it. ${audited} Nothing is sent or stored until you say so.`}
              confirm="Edit"
              disabled={reveal.isPending}
              onConfirm={edit}
            >
              <PencilIcon aria-hidden />
              Edit and replay…
            </ConfirmButton>
          )}
        </div>
      )}
      {canEdit && isEditing && shown !== undefined && (
        <EditAndReplay id={id} body={shown.editedBody ?? shown.body} onClose={() => setIsEditing(false)} />
      )}
    </div>
  );
}

type EditAndReplayProps = { id: string; body: string; onClose: () => void };

const checkAfterMs = 300;

function EditAndReplay({ id, body, onClose }: EditAndReplayProps) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const router = useRouter();
  const queryClient = useQueryClient();
  const problemsId = useId();
  const [text, setText] = useState(() => indent(body));
  const checkedText = useDebounced(text, checkAfterMs);
  const check = useQuery({
    queryKey: ["check-edit", id, checkedText],
    queryFn: async ({ signal }) => ({
      text: checkedText,
      ...(await client.deadLetters.checkEdit.mutate({ id, body: checkedText || " " }, { signal })),
    }),
    // Personal data is not cached after the editor closes.
    gcTime: 0,
    placeholderData: keepPreviousData,
  });
  const problems = check.data?.problems ?? [];
  const changes = check.data?.changes ?? [];
  const underlined = useMemo<readonly Underlined[]>(
    () =>
      (check.data?.problems ?? []).map(({ path, message }) => ({
        ...locatePath(check.data?.text ?? "", path),
        message,
      })),
    [check.data],
  );
  const send = useMutation(
    trpc.deadLetters.editAndReplay.mutationOptions({
      onSuccess: (replay) => router.push(`/admin/replays/${replay.id}`),
      onSettled: () => queryClient.invalidateQueries(trpc.deadLetters.pathFilter()),
    }),
  );
  const isChecked = check.data?.text === text && !check.isFetching;
  const error = send.error ?? check.error;
  return (
    <Card role="region" aria-label="Edit and replay" className="flex flex-col gap-4 p-5">
      <div>
        <h2 className="font-semibold text-sm">Edit and replay</h2>
        <p className="mt-1 text-muted-foreground text-sm">
          The original is kept; what you send, and who sent it, is written to the audit log. The event keeps its id.
        </p>
      </div>
      <JsonEditor
        label="Payload to send"
        describedBy={problems.length > 0 ? problemsId : undefined}
        text={text}
        isReadOnly={send.isPending}
        isInvalid={problems.length > 0}
        problems={underlined}
        onEdit={setText}
      />
      <EditorProblems id={problemsId} problems={problems} />
      {(problems.length === 0 || changes.length > 0) && <Changes changes={changes} />}
      <ErrorText error={error} />
      <div className="flex flex-wrap gap-2">
        <ConfirmButton
          question="Send the edited payload?"
          consequence={`One message goes to its integration, with ${pluralise(changes.length, "change")}: ${changes.map(({ path }) => path).join(", ") || "none"}.`}
          confirm="Send it"
          disabled={!isChecked || problems.length > 0 || send.isPending}
          onConfirm={() => send.mutate({ id, body: text })}
        >
          <SendIcon aria-hidden />
          {send.isPending ? "Sending…" : "Send the edited payload…"}
        </ConfirmButton>
        <Button variant="ghost" size="sm" disabled={send.isPending} onClick={onClose}>
          Leave it as it was
        </Button>
      </div>
    </Card>
  );
}

function Changes({ changes }: { changes: readonly PayloadChange[] }) {
  if (changes.length === 0) return <p className="text-muted-foreground text-sm">Nothing differs from the original.</p>;
  return (
    <section aria-label="Changes" className="flex flex-col gap-2">
      <h3 className="font-medium text-sm">{pluralise(changes.length, "change")}</h3>
      <ul className="flex flex-col gap-2 text-sm">
        {changes.map(({ path, before, after }) => (
          <li key={path} className="overflow-hidden rounded-md border">
            <p className="border-b bg-muted/50 px-3 py-1 font-mono text-xs">{path || "the whole"}</p>
            <Value sign="−" word="before" className="bg-destructive/10 text-destructive" value={before} />
            <Value sign="+" word="after" className="bg-success/10 text-success" value={after} />
          </li>
        ))}
      </ul>
    </section>
  );
}

type ValueProps = { sign: string; word: string; className: string; value: unknown };

function Value({ sign, word, className, value }: ValueProps) {
  if (value === undefined) return null;
  return (
    <p className={`break-all px-3 py-1 font-mono text-xs ${className}`}>
      <span aria-hidden>{sign} </span>
      <span className="sr-only">{word}: </span>
      {JSON.stringify(value)}
    </p>
  );
}
