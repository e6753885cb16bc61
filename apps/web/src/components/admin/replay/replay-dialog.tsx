"use client";

import { RotateCwIcon } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useCanChange } from "@/components/admin/operator.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Dialog, DialogContent, DialogTrigger } from "@/components/ui/dialog.tsx";
import { ReplayForm } from "./replay-form.tsx";
import type { SelectionToReplay } from "./selection.ts";

type ReplayDialogProps = {
  selection: SelectionToReplay;
  /** What the button says. */
  children: ReactNode;
  variant?: "default" | "outline";
  size?: "default" | "sm";
  disabled?: boolean;
};

/**
 * A button that shows exactly what a replay would send before anything is sent, and where it is started. Only for who may; the numbers are
 * counted anew each time it is opened.
 */
export function ReplayDialog({
  selection,
  children,
  variant = "default",
  size = "default",
  disabled,
}: ReplayDialogProps) {
  const canChange = useCanChange();
  const [isOpen, setIsOpen] = useState(false);
  if (!canChange) return null;
  return (
    <Dialog open={isOpen} onOpenChange={setIsOpen}>
      <DialogTrigger asChild>
        <Button variant={variant} size={size} disabled={disabled}>
          <RotateCwIcon aria-hidden />
          {children}
        </Button>
      </DialogTrigger>
      <DialogContent className="max-h-[calc(100dvh-2rem)] max-w-lg overflow-y-auto">
        <ReplayForm selection={selection} onStarted={() => setIsOpen(false)} />
      </DialogContent>
    </Dialog>
  );
}
