"use client";

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
  { value: "archive", title: "Archive", text: "Off the audience; a later sign-up may bring them back." },
  {
    value: "permanent",
    title: "Delete for good",
    text: "All that Mailchimp holds is deleted. Nothing can import this address again; only the person can come back.",
  },
] as const;

export function MailchimpDialog({ id }: { id: string }) {
  const trpc = useTRPC();
  const formId = useId();
  const [isOpen, setIsOpen] = useState(false);
  const remove = useMutation(
    trpc.people.removeFromMailchimp.mutationOptions({
      onSuccess: ({ wasMember }) => {
        setIsOpen(false);
        toast.success(wasMember ? "Mailchimp has taken them off." : "They were not on the audience.");
      },
    }),
  );

  function submit(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    const how = ways.find(({ value }) => value === new FormData(event.currentTarget).get("how"))?.value ?? "archive";
    remove.mutate({ userId: id, how });
  }

  return (
    <Dialog open={isOpen} onOpenChange={setIsOpen}>
      <DialogTrigger asChild>
        <Button variant="outline" size="sm">
          <UserMinusIcon aria-hidden />
          Take off Mailchimp…
        </Button>
      </DialogTrigger>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>Take this person off Mailchimp?</DialogTitle>
          <DialogDescription>Mailchimp is asked at once, and the audit log keeps that it was.</DialogDescription>
        </DialogHeader>
        <form id={formId} onSubmit={submit}>
          <fieldset className="flex flex-col gap-3">
            <legend className="sr-only">How</legend>
            {ways.map(({ value, title, text }, index) => (
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
                  <span className="font-normal text-muted-foreground leading-snug">{text}</span>
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
            {remove.isPending ? "Asking Mailchimp…" : "Take off"}
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
