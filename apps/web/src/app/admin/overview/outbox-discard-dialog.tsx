import type { OutboxHealth } from "@eventfork/core/outbox";
import { formatCapped, formatNumber } from "@eventfork/core/platform/text/numbers";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { ReasonDialog } from "@/components/forms/form-dialog.tsx";
import { useCanChange } from "@/components/layout/operator.tsx";
import { Button } from "@/components/ui/button.tsx";
import { useTRPC } from "@/trpc/client.tsx";

export function OutboxDiscardDialog({ quarantined: { count, latestAt } }: { quarantined: OutboxHealth }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const canChange = useCanChange();
  const discard = useMutation(
    trpc.outbox.discard.mutationOptions({
      onSuccess: ({ discarded }) => toast.success(`${formatNumber(discarded)} discarded.`),
      onSettled: () => queryClient.invalidateQueries(trpc.overview.pathFilter()),
    }),
  );
  if (!canChange) return null;
  const events = `${formatCapped(count)} ${count === 1 ? "event" : "events"}`;
  return (
    <ReasonDialog
      trigger={
        <Button variant="outline" size="sm">
          Discard
        </Button>
      }
      title={`Discard ${events}?`}
      description="No integration will ever have the quarantined events, and this cannot be undone. The events stay in the list of events, each marked as discarded on its page."
      placeholder="An import wrote a picture into the name"
      submit={`Discard ${events}`}
      isDestructive
      isPending={discard.isPending}
      error={discard.error?.message}
      onReason={(reason, close) =>
        discard.mutate({ reason, ...(latestAt && { upTo: latestAt }) }, { onSuccess: close })
      }
    />
  );
}
