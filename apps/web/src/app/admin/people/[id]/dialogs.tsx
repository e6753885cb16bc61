"use client";

import { type IntegrationName, topologyOf } from "@eventfork/core/topology";
import type { UserItem } from "@eventfork/core/users";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { EraserIcon, UserMinusIcon } from "lucide-react";
import { useId, useState } from "react";
import { toast } from "sonner";
import { FormDialog } from "@/components/forms/form-dialog.tsx";
import { FormField } from "@/components/forms/form-field.tsx";
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
import { Label } from "@/components/ui/fields.tsx";
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

const ways = [
  { value: "archive", title: "Archive" },
  { value: "permanent", title: "Delete for good" },
] as const;

export function TakeOffDialog({ id, integration }: { id: string; integration: IntegrationName }) {
  const { title: name, hasContacts } = topologyOf(integration);
  const trpc = useTRPC();
  const fieldsId = useId();
  const remove = useMutation(
    trpc.people.takeOff.mutationOptions({
      onSuccess: ({ wasMember }) =>
        void toast.success(wasMember ? `${name} has taken them off.` : `${name} had nobody of this address.`),
    }),
  );

  function submit(form: FormData, close: () => void): void {
    const how = ways.find(({ value }) => value === form.get("how"))?.value ?? "archive";
    remove.mutate({ integration, userId: id, how }, { onSuccess: close });
  }

  return (
    <FormDialog
      trigger={
        <Button variant="outline" size="sm">
          <UserMinusIcon aria-hidden />
          Take off {name}…
        </Button>
      }
      title={`Take this person off ${name}?`}
      description={`${name} is asked at once, and the audit log keeps that it was.`}
      error={remove.error?.message}
      submit={remove.isPending ? `Asking ${name}…` : "Take off"}
      isPending={remove.isPending}
      onSubmit={submit}
    >
      <fieldset className="flex flex-col gap-3">
        <legend className="sr-only">How</legend>
        {ways.map(({ value, title }, index) => (
          <div key={value} className="flex items-start gap-2.5 rounded-lg border p-3">
            <input
              id={`${fieldsId}-${value}`}
              type="radio"
              name="how"
              value={value}
              defaultChecked={index === 0}
              className="mt-px size-4 shrink-0 accent-primary"
            />
            <Label htmlFor={`${fieldsId}-${value}`} className="flex-col items-start gap-1">
              {title}
              <span className="font-normal text-muted-foreground leading-snug">{hasContacts?.[value]}</span>
            </Label>
          </div>
        ))}
      </fieldset>
    </FormDialog>
  );
}
