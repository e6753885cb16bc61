"use client";

import { sayNumber } from "@eventfork/core/kernel/numbers";
import type { Replay } from "@eventfork/core/replays";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { BanIcon, CirclePauseIcon, PlayIcon } from "lucide-react";
import { toast } from "sonner";
import { ConfirmButton } from "@/components/admin/confirm-button.tsx";
import { useCanChange } from "@/components/admin/operator.tsx";
import { pluralise } from "@/lib/say.ts";
import { useTRPC } from "@/trpc/client.tsx";

export function ReplayControls({ replay }: { replay: Replay }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const canChange = useCanChange();
  const { id, state, isEnded, source, figures } = replay;
  const options = (done: string) => ({
    onSuccess: (changed: Replay) => {
      queryClient.setQueryData(trpc.replays.get.queryKey({ id }), changed);
      toast.success(done);
    },
    onError: (error: { message: string }) => toast.error(error.message),
    onSettled: () => queryClient.invalidateQueries(trpc.replays.pathFilter()),
  });
  const pause = useMutation(trpc.replays.pause.mutationOptions(options("Paused: nothing more is sent for now.")));
  const resume = useMutation(trpc.replays.resume.mutationOptions(options("Resumed.")));
  const cancel = useMutation(trpc.replays.cancel.mutationOptions(options("Cancelled: nothing more is sent.")));
  if (!canChange || isEnded) return null;
  const isBusy = pause.isPending || resume.isPending || cancel.isPending;
  const left = pluralise(figures.remaining, "message");
  const flying = figures.inFlight === 0 ? "" : ` ${sayNumber(figures.inFlight)} are on their way already.`;
  return (
    <>
      {state === "paused" ? (
        <ConfirmButton
          question="Resume this replay?"
          consequence={`${left} will be sent, at ${sayNumber(replay.perSecond)} a second.`}
          confirm="Resume"
          disabled={isBusy}
          onConfirm={() => resume.mutate({ id })}
        >
          <PlayIcon aria-hidden />
          Resume
        </ConfirmButton>
      ) : (
        <ConfirmButton
          question="Pause this replay?"
          consequence={`${left} will wait until somebody resumes it.${flying}`}
          confirm="Pause"
          disabled={isBusy}
          onConfirm={() => pause.mutate({ id })}
        >
          <CirclePauseIcon aria-hidden />
          Pause
        </ConfirmButton>
      )}
      <ConfirmButton
        question="Cancel this replay?"
        consequence={`${left} will not be sent${source === "dead_letters" ? ", and are open dead letters again" : ""}.${flying} This replay cannot be taken up again; a new one can.`}
        confirm="Cancel the replay"
        keep="Keep it"
        disabled={isBusy}
        onConfirm={() => cancel.mutate({ id })}
      >
        <BanIcon aria-hidden />
        Cancel
      </ConfirmButton>
    </>
  );
}
