import { catalog, eventTypes } from "@eventfork/core/events/catalog";
import type { IntegrationName } from "@eventfork/core/topology";
import { useMutation } from "@tanstack/react-query";
import { SendIcon } from "lucide-react";
import Link from "next/link";
import { useId, useState } from "react";
import { FormDialog } from "@/components/forms/form-dialog.tsx";
import { useCanChange } from "@/components/layout/operator.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Label, NativeSelect } from "@/components/ui/fields.tsx";
import { useTRPC } from "@/trpc/client.tsx";

export function TestEventDialog({ integration, title }: { integration: IntegrationName; title: string }) {
  const trpc = useTRPC();
  const canChange = useCanChange();
  const typeId = useId();
  const [type, setType] = useState(eventTypes[0] ?? "user.signed_up");
  const send = useMutation(trpc.integrations.sendTestEvent.mutationOptions());
  if (!canChange) return null;
  return (
    <FormDialog
      trigger={
        <Button variant="outline" size="sm">
          <SendIcon aria-hidden />
          Send a test event…
        </Button>
      }
      onOpen={send.reset}
      title={`Send ${title} a test event?`}
      description={
        <>
          A real event about yourself, with your name and address and the source <code className="font-mono">test</code>
          . {title} does with it what it does with any other. It goes nowhere else, and its rule is not asked.
        </>
      }
      error={send.error?.message}
      submit={send.data === undefined ? "Send it" : null}
      isPending={send.isPending}
      onSubmit={() => send.mutate({ integration, type })}
    >
      {send.data === undefined ? (
        <div className="flex flex-col gap-2">
          <Label htmlFor={typeId}>Event</Label>
          <NativeSelect
            id={typeId}
            value={type}
            onChange={({ target }) => setType(eventTypes.find((one) => one === target.value) ?? type)}
          >
            {eventTypes.map((one) => (
              <option key={one} value={one}>
                {catalog[one].title}
              </option>
            ))}
          </NativeSelect>
        </div>
      ) : (
        <p role="status" className="text-sm">
          It is in the queue.{" "}
          <Link href={`/admin/events/${send.data.eventId}`} className="rounded-sm underline underline-offset-4">
            See what becomes of it
          </Link>
        </p>
      )}
    </FormDialog>
  );
}
