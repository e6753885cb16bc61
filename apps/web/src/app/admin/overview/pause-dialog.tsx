import type { IntegrationName } from "@eventfork/core/topology";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CirclePauseIcon } from "lucide-react";
import { ReasonDialog } from "@/components/admin/reason-dialog.tsx";
import { Button } from "@/components/ui/button.tsx";
import { useTRPC } from "@/trpc/client.tsx";

/** Pauses an integration; the next operator is told why. */
export function PauseDialog({ integration, title }: { integration: IntegrationName; title: string }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const pause = useMutation(
    trpc.integrations.pause.mutationOptions({
      onSettled: () =>
        Promise.all([
          queryClient.invalidateQueries(trpc.integrations.pathFilter()),
          queryClient.invalidateQueries(trpc.overview.pathFilter()),
        ]),
    }),
  );
  return (
    <ReasonDialog
      trigger={
        <Button variant="outline" size="sm">
          <CirclePauseIcon aria-hidden />
          Pause
        </Button>
      }
      title={`Pause ${title}?`}
      description={`Nothing more is sent to ${title} until somebody resumes it. Its messages wait in the queue, for up to 14 days.`}
      placeholder="The account is being moved"
      submit={`Pause ${title}`}
      isPending={pause.isPending}
      error={pause.error?.message}
      onReason={(reason, close) => pause.mutate({ integration, reason }, { onSuccess: close })}
    />
  );
}
