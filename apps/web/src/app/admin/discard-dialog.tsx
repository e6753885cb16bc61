"use client";

import type { Troubled } from "@eventfork/core/outbox";
import { sayCount } from "@eventfork/core/topology";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useId, useState } from "react";
import { toast } from "sonner";
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
import { useTRPC } from "@/trpc/client.tsx";

/** Asks why before what the outbox has set aside is given up, which cannot be undone. */
export function DiscardDialog({ setAside: { count, latestAt } }: { setAside: Troubled }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const canChange = useCanChange();
  const formId = useId();
  const [isOpen, setIsOpen] = useState(false);
  const discard = useMutation(
    trpc.outbox.discard.mutationOptions({
      onSuccess: ({ discarded }) => {
        setIsOpen(false);
        toast.success(`${discarded.toLocaleString("en")} discarded.`);
      },
      onSettled: () => queryClient.invalidateQueries(trpc.outbox.pathFilter()),
    }),
  );
  if (!canChange) return null;

  function submit(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    const reason = String(new FormData(event.currentTarget).get("reason"));
    discard.mutate({ reason, ...(latestAt && { upTo: latestAt }) });
  }

  const events = `${sayCount(count)} ${count === 1 ? "event" : "events"}`;
  return (
    <Dialog open={isOpen} onOpenChange={setIsOpen}>
      <DialogTrigger asChild>
        <Button variant="outline" size="sm">
          Discard
        </Button>
      </DialogTrigger>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>Discard {events}?</DialogTitle>
          <DialogDescription>
            No integration will ever have what is set aside, and this cannot be undone. The events stay in the list of
            events, each marked as discarded on its page.
          </DialogDescription>
        </DialogHeader>
        <form id={formId} onSubmit={submit}>
          <FormField
            label="Reason"
            name="reason"
            required
            maxLength={500}
            autoComplete="off"
            placeholder="An import wrote a picture into the name"
            error={discard.error?.message}
          />
        </form>
        <DialogFooter>
          <DialogClose asChild>
            <Button variant="outline">Cancel</Button>
          </DialogClose>
          <Button type="submit" form={formId} disabled={discard.isPending}>
            Discard {events}
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
