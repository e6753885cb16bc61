"use client";

import type { inferRouterInputs } from "@trpc/server";
import { RotateCwIcon } from "lucide-react";
import dynamic from "next/dynamic";
import { type ReactNode, useState } from "react";
import { useCanChange } from "@/components/layout/operator.tsx";
import { Button } from "@/components/ui/button.tsx";
import type { AppRouter } from "@/server/routers/index.ts";

const ReplayOver = dynamic(() => import("./replay-form.tsx").then((module) => module.ReplayOver), { ssr: false });

type ReplayDialogProps = {
  selection: SelectionToReplay;
  children: ReactNode;
  variant?: "default" | "outline";
  size?: "default" | "sm";
  disabled?: boolean;
};

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

export type SelectionToReplay = inferRouterInputs<AppRouter>["replays"]["start"]["selection"];
