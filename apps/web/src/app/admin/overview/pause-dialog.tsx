import type { IntegrationName } from "@eventfork/core/topology";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { FormDialog, ReasonDialog } from "@/components/forms/form-dialog.tsx";
import { useTRPC } from "@/trpc/client.tsx";
import { useResume } from "./use-resume.ts";

type PauseDialogProps = { integration: IntegrationName; title: string; onClosed: () => void };

export function PauseDialog({ integration, title, onClosed }: PauseDialogProps) {
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
      onClosed={onClosed}
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

type ResumeDialogProps = { integration: IntegrationName; title: string; onClosed: () => void };

export function ResumeDialog({ integration, title, onClosed }: ResumeDialogProps) {
  const resume = useResume();
  return (
    <FormDialog
      onClosed={onClosed}
      title={`Resume ${title}?`}
      description={`Messages in its queue are sent to ${title} at once.`}
      submit={`Resume ${title}`}
      isPending={resume.isPending}
      onSubmit={(_, close) => resume.mutate({ integration }, { onSuccess: close })}
    />
  );
}
