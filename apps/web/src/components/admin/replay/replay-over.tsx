import { useState } from "react";
import { Dialog, DialogContent } from "@/components/ui/dialog.tsx";
import { ReplayForm } from "./replay-form.tsx";
import type { SelectionToReplay } from "./selection.ts";

type ReplayOverProps = { selection: SelectionToReplay; onClosed: () => void };

export function ReplayOver({ selection, onClosed }: ReplayOverProps) {
  const [isOpen, setIsOpen] = useState(true);
  return (
    <Dialog open={isOpen} onOpenChange={setIsOpen}>
      <DialogContent className="max-h-[calc(100dvh-2rem)] max-w-lg overflow-y-auto" onCloseAutoFocus={onClosed}>
        <ReplayForm selection={selection} onStarted={() => setIsOpen(false)} />
      </DialogContent>
    </Dialog>
  );
}
