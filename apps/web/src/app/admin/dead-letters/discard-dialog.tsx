"use client";

import { ArchiveXIcon } from "lucide-react";
import { type SubmitEvent, useId, useState } from "react";
import { useCanChange } from "@/components/admin/operator.tsx";
import { FormField } from "@/components/form-field.tsx";
import { Button } from "@/components/ui/button.tsx";
import {
  Dialog,
  DialogClose,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
  DialogTrigger,
} from "@/components/ui/dialog.tsx";
import { sayCount } from "@/lib/say.ts";
import { type DeadLetterSelection, useChange } from "./use-change.ts";

type DiscardDialogProps = {
  selection: DeadLetterSelection;
  count: number;
  size?: "default" | "sm";
  onDone?: () => void;
};

/** Gives dead letters up, once the operator has said why. */
export function DiscardDialog({ selection, count, size = "sm", onDone }: DiscardDialogProps) {
  const canChange = useCanChange();
  const formId = useId();
  const [isOpen, setIsOpen] = useState(false);
  const discard = useChange("discard", "discarded", () => {
    setIsOpen(false);
    onDone?.();
  });
  if (!canChange) return null;

  function submit(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    discard.mutate({ ...selection, reason: String(new FormData(event.currentTarget).get("reason")).trim() });
  }

  const letters = sayCount(count, "dead letter");
  return (
    <Dialog open={isOpen} onOpenChange={setIsOpen}>
      <DialogTrigger asChild>
        <Button variant="outline" size={size}>
          <ArchiveXIcon aria-hidden />
          Discard{count === 1 ? "" : ` ${count.toLocaleString("en")}`}…
        </Button>
      </DialogTrigger>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>Discard {letters}?</DialogTitle>
          <DialogDescription>
            {count === 1 ? "It is" : "They are"} not delivered. {count === 1 ? "It" : "They"} can still be found under
            “Discarded”, and restored until they are dropped for their age.
          </DialogDescription>
        </DialogHeader>
        <form id={formId} onSubmit={submit}>
          <FormField
            label="Reason"
            name="reason"
            required
            maxLength={500}
            autoComplete="off"
            placeholder="Sent by hand meanwhile"
            error={discard.error?.message}
          />
        </form>
        <DialogFooter>
          <DialogClose asChild>
            <Button variant="outline">Cancel</Button>
          </DialogClose>
          <Button type="submit" form={formId} variant="destructive" disabled={discard.isPending}>
            {discard.isPending && discard.changed > 0
              ? `Discarding, ${discard.changed.toLocaleString("en")} so far…`
              : `Discard ${letters}`}
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
