"use client";

import type { ReactNode } from "react";
import {
  AlertDialog,
  AlertDialogAction,
  AlertDialogCancel,
  AlertDialogContent,
  AlertDialogDescription,
  AlertDialogTitle,
  AlertDialogTrigger,
} from "@/components/ui/alert-dialog.tsx";
import { Button } from "@/components/ui/button.tsx";
import { DialogFooter, DialogHeader } from "@/components/ui/dialog.tsx";

type ConfirmButtonProps = {
  children: ReactNode;
  question: string;
  consequence: string;
  confirm: string;
  keep?: string;
  disabled?: boolean;
  onConfirm: () => void;
};

export function ConfirmButton({
  children,
  question,
  consequence,
  confirm,
  keep,
  disabled,
  onConfirm,
}: ConfirmButtonProps) {
  return (
    <AlertDialog>
      <AlertDialogTrigger asChild>
        <Button variant="outline" size="sm" disabled={disabled}>
          {children}
        </Button>
      </AlertDialogTrigger>
      <AlertDialogContent>
        <DialogHeader>
          <AlertDialogTitle>{question}</AlertDialogTitle>
          <AlertDialogDescription>{consequence}</AlertDialogDescription>
        </DialogHeader>
        <DialogFooter>
          <AlertDialogCancel>{keep ?? "Cancel"}</AlertDialogCancel>
          <AlertDialogAction onClick={onConfirm}>{confirm}</AlertDialogAction>
        </DialogFooter>
      </AlertDialogContent>
    </AlertDialog>
  );
}
