"use client";

import { sayNumber } from "@eventfork/core/kernel/numbers";
import { ArchiveRestoreIcon } from "lucide-react";
import { toast } from "sonner";
import { ConfirmButton } from "@/components/admin/confirm-button.tsx";
import { useCanChange } from "@/components/admin/operator.tsx";
import { pluralise } from "@/lib/say.ts";
import { type DeadLetterSelection, useChange } from "./use-change.ts";

type RestoreButtonProps = { selection: DeadLetterSelection; count: number; onDone?: () => void };

export function RestoreButton({ selection, count, onDone }: RestoreButtonProps) {
  const canChange = useCanChange();
  const restore = useChange("restore", "open again", () => onDone?.());
  if (!canChange) return null;
  const letters = pluralise(count, "dead letter");
  const run = () => restore.mutate({ ...selection, reason: "" }, { onError: (error) => toast.error(error.message) });
  return (
    <ConfirmButton
      question={`Restore ${letters}?`}
      consequence={`${letters} will be open again, and can be replayed. One whose event has died again since stays discarded: the newer one stands for it.`}
      confirm={`Restore ${letters}`}
      disabled={restore.isPending}
      onConfirm={run}
    >
      <ArchiveRestoreIcon aria-hidden />
      Restore{count === 1 ? "" : ` ${sayNumber(count)}`}…
    </ConfirmButton>
  );
}
