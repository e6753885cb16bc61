"use client";

import { type IntegrationName, topologyOf } from "@eventfork/core/topology";
import { useMutation } from "@tanstack/react-query";
import { UserMinusIcon } from "lucide-react";
import { type SubmitEvent, useId, useState } from "react";
import { toast } from "sonner";
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
import { Label } from "@/components/ui/label.tsx";
import { useTRPC } from "@/trpc/client.tsx";

const ways = [
  { value: "archive", title: "Archive" },
  { value: "permanent", title: "Delete for good" },
] as const;

/** Asks how a person is to be taken off an integration that keeps people. */
export function TakeOffDialog({ id, integration }: { id: string; integration: IntegrationName }) {
  const { title: name, keepsPeople } = topologyOf(integration);
  const trpc = useTRPC();
  const formId = useId();
  const [isOpen, setIsOpen] = useState(false);
  const remove = useMutation(
    trpc.people.takeOff.mutationOptions({
      onSuccess: ({ wasMember }) => {
        setIsOpen(false);
        toast.success(wasMember ? `${name} has taken them off.` : `${name} had nobody of this address.`);
      },
    }),
  );

  function submit(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    const how = ways.find(({ value }) => value === new FormData(event.currentTarget).get("how"))?.value ?? "archive";
    remove.mutate({ integration, userId: id, how });
  }

  return (
    <Dialog open={isOpen} onOpenChange={setIsOpen}>
      <DialogTrigger asChild>
        <Button variant="outline" size="sm">
          <UserMinusIcon aria-hidden />
          Take off {name}…
        </Button>
      </DialogTrigger>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>Take this person off {name}?</DialogTitle>
          <DialogDescription>{name} is asked at once, and the audit log keeps that it was.</DialogDescription>
        </DialogHeader>
        <form id={formId} onSubmit={submit}>
          <fieldset className="flex flex-col gap-3">
            <legend className="sr-only">How</legend>
            {ways.map(({ value, title }, index) => (
              <div key={value} className="flex items-start gap-2.5 rounded-lg border p-3">
                <input
                  id={`${formId}-${value}`}
                  type="radio"
                  name="how"
                  value={value}
                  defaultChecked={index === 0}
                  className="mt-px size-4 shrink-0 accent-primary"
                />
                <Label htmlFor={`${formId}-${value}`} className="flex-col items-start gap-1">
                  {title}
                  <span className="font-normal text-muted-foreground leading-snug">{keepsPeople?.[value]}</span>
                </Label>
              </div>
            ))}
          </fieldset>
          {remove.error !== null && (
            <p role="alert" className="mt-3 text-destructive text-sm">
              {remove.error.message}
            </p>
          )}
        </form>
        <DialogFooter>
          <DialogClose asChild>
            <Button variant="outline">Cancel</Button>
          </DialogClose>
          <Button type="submit" form={formId} disabled={remove.isPending}>
            {remove.isPending ? `Asking ${name}…` : "Take off"}
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
