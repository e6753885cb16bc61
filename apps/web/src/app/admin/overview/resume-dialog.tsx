import type { IntegrationName } from "@eventfork/core/topology";
import {
  AlertDialog,
  AlertDialogAction,
  AlertDialogCancel,
  AlertDialogContent,
  AlertDialogDescription,
  AlertDialogTitle,
} from "@/components/ui/alert-dialog.tsx";
import { DialogFooter, DialogHeader } from "@/components/ui/dialog.tsx";
import { useResume } from "./use-resume.ts";

type ResumeDialogProps = { integration: IntegrationName; title: string; onClosed: () => void };

/** Asks before an integration is resumed from afar, where nothing shows why it is paused. It is open from the start. */
export function ResumeDialog({ integration, title, onClosed }: ResumeDialogProps) {
  const resume = useResume();
  return (
    <AlertDialog defaultOpen>
      <AlertDialogContent onCloseAutoFocus={onClosed}>
        <DialogHeader>
          <AlertDialogTitle>Resume {title}?</AlertDialogTitle>
          <AlertDialogDescription>What waits in its queue is sent to {title} at once.</AlertDialogDescription>
        </DialogHeader>
        <DialogFooter>
          <AlertDialogCancel>Leave it paused</AlertDialogCancel>
          <AlertDialogAction onClick={() => resume.mutate({ integration })}>Resume {title}</AlertDialogAction>
        </DialogFooter>
      </AlertDialogContent>
    </AlertDialog>
  );
}
