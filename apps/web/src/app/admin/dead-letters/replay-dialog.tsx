"use client";

import type { IntegrationName } from "@eventfork/core/topology";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { RotateCwIcon } from "lucide-react";
import { type ReactNode, useState } from "react";
import { toast } from "sonner";
import { useCanChange } from "@/components/admin/operator.tsx";
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
import { useTRPC } from "@/trpc/client.tsx";

type ReplayRequest = { ids: string[] } | { all: true; integration?: IntegrationName };

type ReplayDialogProps = { count: number; whose: string; request: ReplayRequest; children: ReactNode };

/** A button that says how many dead letters it would send again, asks, and then shows how many were sent. */
export function ReplayDialog({ count, whose, request, children }: ReplayDialogProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const canChange = useCanChange();
  const [isOpen, setIsOpen] = useState(false);
  const replay = useMutation(
    trpc.deadLetters.replay.mutationOptions({
      onSuccess: ({ replayed }) => toast.success(`${sayCount(replayed)} sent again.`),
      onError: (error) => toast.error(error.message),
      onSettled: () => queryClient.invalidateQueries(trpc.deadLetters.pathFilter()),
    }),
  );
  if (!canChange) return null;
  return (
    <AlertDialog open={isOpen} onOpenChange={setIsOpen}>
      <AlertDialogTrigger asChild>
        <Button disabled={count === 0 || replay.isPending}>
          <RotateCwIcon aria-hidden />
          {replay.isPending ? "Sending…" : children}
        </Button>
      </AlertDialogTrigger>
      <AlertDialogContent>
        <DialogHeader>
          <AlertDialogTitle>Replay {sayCount(count)}?</AlertDialogTitle>
          <AlertDialogDescription>
            {count === 1 ? "It goes" : "Each goes"} to the queue of {whose} again, and to no other. What was delivered
            meanwhile is not delivered twice. This cannot be taken back.
          </AlertDialogDescription>
        </DialogHeader>
        <DialogFooter>
          <AlertDialogCancel>Cancel</AlertDialogCancel>
          <AlertDialogAction onClick={() => replay.mutate(request)}>Replay {sayCount(count)}</AlertDialogAction>
        </DialogFooter>
      </AlertDialogContent>
    </AlertDialog>
  );
}

function sayCount(count: number): string {
  return `${count.toLocaleString("en")} dead ${count === 1 ? "letter" : "letters"}`;
}
