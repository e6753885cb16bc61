"use client";

import type { DeadLetterDetail, RevealedDeadLetter } from "@eventfork/core/dead-letters";
import { EyeIcon, PencilIcon } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { ConfirmButton } from "@/components/admin/confirm-button.tsx";
import { useCanChange } from "@/components/admin/operator.tsx";
import { JsonBlock } from "@/components/json-block.tsx";
import { RelativeTime } from "@/components/relative-time.tsx";
import { EditAndReplay } from "./edit-and-replay.tsx";

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
