"use client";

import { RotateCwIcon } from "lucide-react";
import dynamic from "next/dynamic";
import { type ReactNode, useState } from "react";
import { useCanChange } from "@/components/admin/operator.tsx";
import { Button } from "@/components/ui/button.tsx";
import type { SelectionToReplay } from "./selection.ts";

// No part of a page's first load: it comes when it is first asked for.
const ReplayOver = dynamic(() => import("./replay-over.tsx").then((module) => module.ReplayOver), { ssr: false });

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
    <>
      <Button
        variant={variant}
        size={size}
        disabled={disabled}
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        onClick={() => setIsOpen(true)}
      >
        <RotateCwIcon aria-hidden />
        {children}
      </Button>
      {isOpen && <ReplayOver selection={selection} onClosed={() => setIsOpen(false)} />}
    </>
  );
}
