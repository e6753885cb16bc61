"use client";

import type { IntegrationName } from "@eventfork/core/topology";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CirclePauseIcon } from "lucide-react";
import { type SubmitEvent, useId, useState } from "react";
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

/** Asks why before an integration is paused, so that the next operator knows. */
export function PauseDialog({ integration, title }: { integration: IntegrationName; title: string }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const formId = useId();
  const [isOpen, setIsOpen] = useState(false);
  const pause = useMutation(
    trpc.integrations.pause.mutationOptions({
      onSuccess: () => setIsOpen(false),
      onSettled: () => queryClient.invalidateQueries(trpc.integrations.pathFilter()),
    }),
  );

  function submit(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    pause.mutate({ integration, reason: String(new FormData(event.currentTarget).get("reason")) });
  }

  return (
    <Dialog open={isOpen} onOpenChange={setIsOpen}>
      <DialogTrigger asChild>
        <Button variant="outline" size="sm">
          <CirclePauseIcon aria-hidden />
          Pause
        </Button>
      </DialogTrigger>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>Pause {title}?</DialogTitle>
          <DialogDescription>
            Nothing more is sent to {title} until somebody resumes it. Its messages wait in the queue, for up to 14
            days.
          </DialogDescription>
        </DialogHeader>
        <form id={formId} onSubmit={submit}>
          <FormField
            label="Reason"
            name="reason"
            required
            maxLength={500}
            autoComplete="off"
            placeholder="The account is being moved"
            error={pause.error?.message}
          />
        </form>
        <DialogFooter>
          <DialogClose asChild>
            <Button variant="outline">Cancel</Button>
          </DialogClose>
          <Button type="submit" form={formId} disabled={pause.isPending}>
            Pause {title}
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
