import { sayNumber } from "@eventfork/core/kernel/numbers";
import { ArchiveXIcon } from "lucide-react";
import { useCanChange } from "@/components/admin/operator.tsx";
import { ReasonDialog } from "@/components/admin/reason-dialog.tsx";
import { Button } from "@/components/ui/button.tsx";
import { pluralise } from "@/lib/say.ts";
import { type DeadLetterSelection, useChange } from "./use-change.ts";

type DiscardDialogProps = {
  selection: DeadLetterSelection;
  count: number;
  size?: "default" | "sm";
  onDone?: () => void;
};

export function DiscardDialog({ selection, count, size = "sm", onDone }: DiscardDialogProps) {
  const canChange = useCanChange();
  const discard = useChange("discard", "discarded", () => onDone?.());
  if (!canChange) return null;
  const letters = pluralise(count, "dead letter");
  const [they, are] = count === 1 ? ["It", "is"] : ["They", "are"];
  return (
    <ReasonDialog
      trigger={
        <Button variant="outline" size={size}>
          <ArchiveXIcon aria-hidden />
          Discard{count === 1 ? "" : ` ${sayNumber(count)}`}…
        </Button>
      }
      title={`Discard ${letters}?`}
      description={`${they} ${are} not delivered. ${they} can still be found under “Discarded”, and restored until ${they.toLowerCase()} ${are} dropped for age.`}
      placeholder="Sent by hand meanwhile"
      submit={
        discard.isPending && discard.changed > 0
          ? `Discarding, ${sayNumber(discard.changed)} so far…`
          : `Discard ${letters}`
      }
      isDestructive
      isPending={discard.isPending}
      error={discard.error?.message}
      onReason={(reason, close) => discard.mutate({ ...selection, reason }, { onSuccess: close })}
    />
  );
}
