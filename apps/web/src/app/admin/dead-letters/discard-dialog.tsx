"use client";

import type { Changed } from "@eventfork/core/dead-letters";
import { formatNumber } from "@eventfork/core/platform/text/numbers";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { inferRouterInputs } from "@trpc/server";
import { ArchiveRestoreIcon, ArchiveXIcon } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { ConfirmButton } from "@/components/forms/confirm-button.tsx";
import { ReasonDialog } from "@/components/forms/form-dialog.tsx";
import { useCanChange } from "@/components/layout/operator.tsx";
import { Button } from "@/components/ui/button.tsx";
import { pluralise } from "@/lib/format.ts";
import type { AppRouter } from "@/server/routers/index.ts";
import { useTRPC, useTRPCClient } from "@/trpc/client.tsx";

type ChangeProps = { selection: DeadLetterSelection; count: number; onDone?: () => void };

export function DeadLetterDiscardDialog({ selection, count, onDone }: ChangeProps) {
  const canChange = useCanChange();
  const discard = useChange("discard", "discarded", () => onDone?.());
  if (!canChange) return null;
  const deadLetters = pluralise(count, "dead letter");
  const [they, are] = count === 1 ? ["It", "is"] : ["They", "are"];
  return (
    <ReasonDialog
      trigger={
        <Button variant="outline" size="sm">
          <ArchiveXIcon aria-hidden />
          Discard{count === 1 ? "" : ` ${formatNumber(count)}`}…
        </Button>
      }
      title={`Discard ${deadLetters}?`}
      description={`${they} ${are} not delivered. ${they} can still be found under “Discarded”, and restored until ${they.toLowerCase()} ${are} dropped for age.`}
      placeholder="Sent by hand meanwhile"
      submit={
        discard.isPending && discard.changed > 0
          ? `Discarding, ${formatNumber(discard.changed)} so far…`
          : `Discard ${deadLetters}`
      }
      isDestructive
      isPending={discard.isPending}
      error={discard.error?.message}
      onReason={(reason, close) => discard.mutate({ ...selection, reason }, { onSuccess: close })}
    />
  );
}

export function RestoreButton({ selection, count, onDone }: ChangeProps) {
  const canChange = useCanChange();
  const restore = useChange("restore", "open again", () => onDone?.());
  if (!canChange) return null;
  const deadLetters = pluralise(count, "dead letter");
  const run = () => restore.mutate({ ...selection, reason: "" }, { onError: (error) => toast.error(error.message) });
  return (
    <ConfirmButton
      question={`Restore ${deadLetters}?`}
      consequence={`${deadLetters} will be open again, and can be replayed. One whose event was dead-lettered again stays discarded: the newer one replaces it.`}
      confirm={`Restore ${deadLetters}`}
      disabled={restore.isPending}
      onConfirm={run}
    >
      <ArchiveRestoreIcon aria-hidden />
      Restore{count === 1 ? "" : ` ${formatNumber(count)}`}…
    </ConfirmButton>
  );
}

type Inputs = inferRouterInputs<AppRouter>["deadLetters"];
type DeadLetterSelection = Inputs["restore"];

function useChange(verb: "discard" | "restore", done: string, onDone: () => void) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const [changed, setChanged] = useState(0);

  async function changeAll(input: Inputs["discard"]): Promise<number> {
    let total = 0;
    const { reason, ...selection } = input;
    for (;;) {
      const step: Changed =
        verb === "discard"
          ? await client.deadLetters.discard.mutate({ ...selection, reason })
          : await client.deadLetters.restore.mutate(selection);
      total += step.changed;
      setChanged(total);
      if (step.isDone) return total;
    }
  }

  const mutation = useMutation({
    mutationFn: changeAll,
    onMutate: () => setChanged(0),
    onSuccess: (total) => {
      toast.success(`${pluralise(total, "dead letter")} ${done}.`);
      onDone();
    },
    onSettled: () => queryClient.invalidateQueries(trpc.deadLetters.pathFilter()),
  });
  return { ...mutation, changed };
}
