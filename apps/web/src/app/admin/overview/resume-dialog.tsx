import type { IntegrationName } from "@eventfork/core/topology";
import { FormDialog } from "@/components/admin/form-dialog.tsx";
import { useResume } from "./use-resume.ts";

type ResumeDialogProps = { integration: IntegrationName; title: string; onClosed: () => void };

export function ResumeDialog({ integration, title, onClosed }: ResumeDialogProps) {
  const resume = useResume();
  return (
    <FormDialog
      onClosed={onClosed}
      title={`Resume ${title}?`}
      description={`What waits in its queue is sent to ${title} at once.`}
      submit={`Resume ${title}`}
      isPending={resume.isPending}
      onSubmit={(_, close) => resume.mutate({ integration }, { onSuccess: close })}
    />
  );
}
