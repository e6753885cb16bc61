"use client";

import { type IntegrationName, topologyOf } from "@eventfork/core/topology";
import { useMutation } from "@tanstack/react-query";
import { UserMinusIcon } from "lucide-react";
import { useId } from "react";
import { toast } from "sonner";
import { FormDialog } from "@/components/admin/form-dialog.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Label } from "@/components/ui/label.tsx";
import { useTRPC } from "@/trpc/client.tsx";

const ways = [
  { value: "archive", title: "Archive" },
  { value: "permanent", title: "Delete for good" },
] as const;

export function TakeOffDialog({ id, integration }: { id: string; integration: IntegrationName }) {
  const { title: name, keepsPeople } = topologyOf(integration);
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
              <span className="font-normal text-muted-foreground leading-snug">{keepsPeople?.[value]}</span>
            </Label>
          </div>
        ))}
      </fieldset>
    </FormDialog>
  );
}
