"use client";

import { formatNumber } from "@eventfork/core/platform/text/numbers";
import type { ReplayPreview } from "@eventfork/core/replays";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type SubmitEvent, useId, useState } from "react";
import { ErrorText } from "@/components/layout/page-layout.tsx";
import { Button } from "@/components/ui/button.tsx";
import {
  Dialog,
  DialogClose,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from "@/components/ui/dialog.tsx";
import { Skeleton } from "@/components/ui/panels.tsx";
import { ErrorState } from "@/components/ui/states.tsx";
import { pluralise } from "@/lib/format.ts";
import { useTRPC, useTRPCClient } from "@/trpc/client.tsx";
import { FormField } from "./form-field.tsx";
import type { SelectionToReplay } from "./replay-dialog.tsx";
import { ReplayPreviewDetails } from "./replay-preview.tsx";

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

type ReplayFormProps = { selection: SelectionToReplay; onStarted: () => void };

function ReplayForm({ selection, onStarted }: ReplayFormProps) {
  const client = useTRPCClient();
  const preview = useQuery({
    queryKey: ["replay-preview", selection],
    queryFn: ({ signal }) => client.replays.preview.mutate({ selection }, { signal }),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnMount: "always",
  });
  if (preview.data !== undefined && preview.data.whyNone === null) {
    return <Sendable selection={selection} preview={preview.data} onStarted={onStarted} />;
  }
  return (
    <>
      <DialogHeader>
        <DialogTitle>{preview.data === undefined ? "Replay" : "Nothing to replay"}</DialogTitle>
        <DialogDescription>
          {preview.data?.whyNone ?? "Counts exactly what would be sent, before anything is."}
        </DialogDescription>
      </DialogHeader>
      {preview.data !== undefined && <ReplayPreviewDetails preview={preview.data} perSecond={preview.data.perSecond} />}
      {preview.isPending && <Counting />}
      {preview.isError && (
        <ErrorState
          title="This could not be counted"
          message={preview.error.message}
          onRetry={() => preview.refetch()}
        />
      )}
      <DialogFooter>
        <DialogClose asChild>
          <Button variant="outline">Close</Button>
        </DialogClose>
      </DialogFooter>
    </>
  );
}

function Counting() {
  return (
    <div role="status" aria-label="Counting" className="flex flex-col gap-2">
      <Skeleton className="h-5 w-2/3" />
      <Skeleton className="h-5 w-1/2" />
      <Skeleton className="h-5 w-3/5" />
    </div>
  );
}

const greatestPace = 5_000;
const greatestCanary = 1_000;

function Sendable({ selection, preview, onStarted }: ReplayFormProps & { preview: ReplayPreview }) {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const formId = useId();
  const [pace, setPace] = useState(String(preview.perSecond));
  const [canary, setCanary] = useState("0");
  const start = useMutation(
    trpc.replays.start.mutationOptions({
      onSuccess: ({ id }) => {
        onStarted();
        router.push(`/admin/replays/${id}`);
      },
      onSettled: () => queryClient.invalidateQueries(),
    }),
  );
  const perSecond = readNumber(pace, 1, greatestPace);
  const first = readNumber(canary, 0, greatestCanary);

  function submit(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    if (perSecond !== null && first !== null) start.mutate({ selection, perSecond, canary: first });
  }

  return (
    <>
      <DialogHeader>
        <DialogTitle>Replay {pluralise(preview.total, "message")}?</DialogTitle>
        <DialogDescription>
          {preview.total === 1 ? "It goes" : "Each goes"} to the queue of its own integration, under the same event id,
          and to no other. Events that were delivered meanwhile are skipped. You can pause or cancel while it runs.
        </DialogDescription>
      </DialogHeader>
      <ReplayPreviewDetails preview={preview} perSecond={perSecond ?? preview.perSecond} />
      <form id={formId} noValidate onSubmit={submit} className="grid gap-4 sm:grid-cols-2">
        <FormField
          label="Pace, messages a second"
          name="perSecond"
          type="number"
          inputMode="numeric"
          min={1}
          max={greatestPace}
          value={pace}
          onChange={(event) => setPace(event.target.value)}
          hint="The integration's usual rate, unless you change it."
          error={perSecond === null ? formatRange(1, greatestPace) : undefined}
        />
        <FormField
          label="Canary: send first"
          name="canary"
          type="number"
          inputMode="numeric"
          min={0}
          max={greatestCanary}
          value={canary}
          onChange={(event) => setCanary(event.target.value)}
          hint={describeCanary(first ?? 0, preview.total)}
          error={first === null ? formatRange(0, greatestCanary) : undefined}
        />
      </form>
      <ErrorText error={start.error} />
      <DialogFooter>
        <DialogClose asChild>
          <Button variant="outline">Cancel</Button>
        </DialogClose>
        <Button type="submit" form={formId} disabled={start.isPending || perSecond === null || first === null}>
          {start.isPending ? "Starting…" : `Replay ${formatNumber(preview.total)}`}
        </Button>
      </DialogFooter>
    </>
  );
}

function describeCanary(first: number, total: number): string {
  if (first === 0) return "0: all are sent at once, with no trial.";
  if (first >= total) return "All of them are the trial: a failure stops what is left, if anything is.";
  return `Sends ${formatNumber(first)}, waits for the outcome, then sends the rest, or stops.`;
}

function formatRange(least: number, greatest: number): string {
  return `A whole number from ${least} to ${formatNumber(greatest)}.`;
}

function readNumber(text: string, least: number, greatest: number): number | null {
  const number = Number(text);
  return text.trim() !== "" && Number.isInteger(number) && number >= least && number <= greatest ? number : null;
}
