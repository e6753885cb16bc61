import { catalog, eventTypes } from "@eventfork/core/events";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { PlusIcon } from "lucide-react";
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

/** Asks who will send what, and makes the key. */
export function NewKeyDialog({ onSecret }: { onSecret: (secret: string) => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const formId = useId();
  const [isOpen, setIsOpen] = useState(false);
  const create = useMutation(
    trpc.apiKeys.create.mutationOptions({
      onSuccess: ({ secret }) => {
        setIsOpen(false);
        onSecret(secret);
      },
      onSettled: () => queryClient.invalidateQueries(trpc.apiKeys.pathFilter()),
    }),
  );

  function submit(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const types = eventTypes.filter((type) => form.getAll("types").includes(type));
    create.mutate({ name: String(form.get("name")), source: String(form.get("source")), types });
  }

  return (
    <Dialog open={isOpen} onOpenChange={setIsOpen}>
      <DialogTrigger asChild>
        <Button size="sm">
          <PlusIcon aria-hidden />
          New key
        </Button>
      </DialogTrigger>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>New key</DialogTitle>
          <DialogDescription>For one program. It is shown once, right after this.</DialogDescription>
        </DialogHeader>
        <form id={formId} onSubmit={submit} className="flex flex-col gap-4">
          <FormField label="Who sends with it" name="name" required maxLength={100} placeholder="The shop" />
          <FormField
            label="Source"
            name="source"
            required
            pattern="[a-z][a-z0-9._\-]*"
            maxLength={50}
            placeholder="shop"
            hint="What its events say that they come from. Small letters, digits, dots and dashes."
          />
          <fieldset className="flex flex-col gap-2">
            <legend className="mb-2 font-medium text-sm">Event types that it may send</legend>
            {eventTypes.map((type) => (
              <label key={type} className="flex items-center gap-2.5 text-sm">
                <input type="checkbox" name="types" value={type} className="size-4 accent-primary" />
                {catalog[type].plural} <code className="text-muted-foreground text-xs">{type}</code>
              </label>
            ))}
          </fieldset>
          {create.isError && (
            <p role="alert" className="text-destructive text-sm">
              {create.error.message}
            </p>
          )}
        </form>
        <DialogFooter>
          <DialogClose asChild>
            <Button variant="outline">Cancel</Button>
          </DialogClose>
          <Button type="submit" form={formId} disabled={create.isPending}>
            Make the key
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
