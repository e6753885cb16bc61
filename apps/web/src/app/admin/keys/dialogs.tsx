import { catalog, eventTypes } from "@eventfork/core/events/catalog";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CheckIcon, CopyIcon, PlusIcon } from "lucide-react";
import { useState } from "react";
import { FormDialog } from "@/components/forms/form-dialog.tsx";
import { FormField } from "@/components/forms/form-field.tsx";
import { Button } from "@/components/ui/button.tsx";
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from "@/components/ui/dialog.tsx";
import { useTRPC } from "@/trpc/client.tsx";

export function NewKeyDialog({ onSecret }: { onSecret: (secret: string) => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const create = useMutation(
    trpc.apiKeys.create.mutationOptions({
      onSettled: () => queryClient.invalidateQueries(trpc.apiKeys.pathFilter()),
    }),
  );

  function submit(form: FormData, close: () => void): void {
    const types = eventTypes.filter((type) => form.getAll("types").includes(type));
    const onSuccess = ({ secret }: { secret: string }) => {
      close();
      onSecret(secret);
    };
    const isStrict = form.has("isStrict");
    create.mutate(
      { name: String(form.get("name")), source: String(form.get("source")), types, isStrict },
      { onSuccess },
    );
  }

  return (
    <FormDialog
      trigger={
        <Button size="sm">
          <PlusIcon aria-hidden />
          New key
        </Button>
      }
      title="New key"
      description="For one program. It is shown once, right after this."
      error={create.error?.message}
      submit="Make the key"
      isPending={create.isPending}
      onSubmit={submit}
    >
      <FormField label="Who sends with it" name="name" required maxLength={100} placeholder="The shop" />
      <FormField
        label="Source"
        name="source"
        required
        pattern="[a-z][a-z0-9._\-]*"
        maxLength={50}
        placeholder="shop"
        hint="The source of its events. Lowercase letters, digits, dots and dashes."
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
      <label className="flex items-start gap-2.5 text-sm">
        <input type="checkbox" name="isStrict" className="mt-0.5 size-4 accent-primary" />
        <span>
          Strict
          <span className="block text-muted-foreground text-xs">
            An event with a field that the catalog does not have is refused. Otherwise the field is left out.
          </span>
        </span>
      </label>
    </FormDialog>
  );
}

export function SecretDialog({ secret, onClose }: { secret: string | null; onClose: () => void }) {
  const [copied, setCopied] = useState<string | null>(null);
  if (secret === null) return null;

  async function copy(text: string): Promise<void> {
    await navigator.clipboard.writeText(text);
    setCopied(text);
  }

  const isCopied = copied === secret;
  return (
    <Dialog open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>The key</DialogTitle>
          <DialogDescription>
            Copy it to where the program keeps its secrets. It is shown this once; here only its hash is kept.
          </DialogDescription>
        </DialogHeader>
        <code className="break-all rounded-md border bg-muted p-3 font-mono text-sm">{secret}</code>
        <DialogFooter>
          <Button variant="outline" onClick={() => copy(secret)}>
            {isCopied ? <CheckIcon aria-hidden /> : <CopyIcon aria-hidden />}
            {isCopied ? "Copied" : "Copy"}
          </Button>
          <Button onClick={onClose}>Done</Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
