"use client";

import type { UserItem } from "@eventfork/core/users";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { EraserIcon } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { FormField } from "@/components/form-field.tsx";
import {
  AlertDialog,
  AlertDialogCancel,
  AlertDialogContent,
  AlertDialogDescription,
  AlertDialogTitle,
  AlertDialogTrigger,
} from "@/components/ui/alert-dialog.tsx";
import { Button } from "@/components/ui/button.tsx";
import { DialogFooter, DialogHeader } from "@/components/ui/dialog.tsx";
import { useTRPC } from "@/trpc/client.tsx";

const word = "erase";

export function EraseDialog({ person }: { person: UserItem }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [isOpen, setIsOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const erase = useMutation(
    trpc.people.erase.mutationOptions({
      onSuccess: ({ events }) => {
        setIsOpen(false);
        toast.success(`The person is erased: ${events} ${events === 1 ? "event is" : "events are"} blanked.`);
      },
      onSettled: () => queryClient.invalidateQueries(trpc.people.pathFilter()),
    }),
  );
  return (
    <AlertDialog open={isOpen} onOpenChange={setIsOpen}>
      <AlertDialogTrigger asChild>
        <Button variant="destructive" size="sm">
          <EraserIcon aria-hidden />
          Erase personal data…
        </Button>
      </AlertDialogTrigger>
      <AlertDialogContent>
        <DialogHeader>
          <AlertDialogTitle>Erase everything about {person.name}?</AlertDialogTitle>
          <AlertDialogDescription>
            The account, its name and address, and the payloads of all events, dead letters and answers about this
            person are blanked. Figures stay. This cannot be undone.
          </AlertDialogDescription>
        </DialogHeader>
        <FormField
          label={`Type "${word}" to go on`}
          name="word"
          autoComplete="off"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          error={erase.error?.message}
        />
        <DialogFooter>
          <AlertDialogCancel>Cancel</AlertDialogCancel>
          <Button
            variant="destructive"
            disabled={typed.trim().toLowerCase() !== word || erase.isPending}
            onClick={() => erase.mutate({ userId: person.id })}
          >
            {erase.isPending ? "Erasing…" : "Erase for good"}
          </Button>
        </DialogFooter>
      </AlertDialogContent>
    </AlertDialog>
  );
}
