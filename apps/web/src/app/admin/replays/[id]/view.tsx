"use client";

import { formatNumber } from "@eventfork/core/platform/text/numbers";
import type { Replay } from "@eventfork/core/replays";
import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { BanIcon, CirclePauseIcon, PlayIcon } from "lucide-react";
import type { ReactNode } from "react";
import { toast } from "sonner";
import { ProgressBar, segments } from "@/components/charts/progress-bar.tsx";
import { ConfirmButton } from "@/components/forms/confirm-button.tsx";
import { useCanChange } from "@/components/layout/operator.tsx";
import {
  BackLink,
  DescriptionItem,
  DescriptionList,
  PageHeader,
  refreshEveryMs,
} from "@/components/layout/page-layout.tsx";
import { IntegrationTitle } from "@/components/table/integration.tsx";
import { CopyId } from "@/components/ui/copy-id.tsx";
import { Alert, Card } from "@/components/ui/panels.tsx";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import { replayStatusStyles, StatusBadge } from "@/components/ui/status-badge.tsx";
import { formatSeconds, pluralise } from "@/lib/format.ts";
import { cn } from "@/lib/utils.ts";
import { useTRPC } from "@/trpc/client.tsx";
import { sourceTitles } from "../search-params.ts";
import { ReplayItems } from "./items.tsx";

export function ReplayView({ id }: { id: string }) {
  const trpc = useTRPC();
  const { data: replay, isError } = useSuspenseQuery({
    ...trpc.replays.get.queryOptions({ id }),
    refetchInterval: ({ state }) => (state.data === undefined || isMoving(state.data) ? refreshEveryMs : false),
  });
  const { title, state, sentence, figures } = replay;
  return (
    <div className="flex flex-col gap-5">
      <BackLink href="/admin/replays">Replays</BackLink>
      <PageHeader title={title} description={<CopyId id={id} />}>
        <StatusBadge style={replayStatusStyles[state]} />
        <ReplayControls replay={replay} />
      </PageHeader>
      <Card className="flex flex-col gap-4 p-5">
        <p role="status" className="text-pretty break-words font-medium">
          {sentence}
        </p>
        <ProgressBar figures={figures} className="h-3" />
        <Figures replay={replay} />
        <TimeLeft replay={replay} />
      </Card>
      <CanaryState replay={replay} />
      <Card>
        <DescriptionList>
          <DescriptionItem title="Source">{sourceTitles[replay.source]}</DescriptionItem>
          <DescriptionItem title="Integration">
            {replay.integration === null ? "Several" : <IntegrationTitle name={replay.integration} />}
          </DescriptionItem>
          <DescriptionItem title="Pace">{formatNumber(replay.perSecond)} a second at most</DescriptionItem>
          <DescriptionItem title="Started by">{replay.createdBy}</DescriptionItem>
          <DescriptionItem title="Asked for">
            <RelativeTime date={replay.createdAt} />
          </DescriptionItem>
          <DescriptionItem title={replay.endedAt === null ? "First sent" : "Ended"}>
            <When date={replay.endedAt ?? replay.startedAt} />
          </DescriptionItem>
        </DescriptionList>
      </Card>
      <ReplayItems id={id} isMoving={isMoving(replay)} isFailing={isError} />
    </div>
  );
}

function When({ date }: { date: Date | null }): ReactNode {
  return date === null ? "Not yet" : <RelativeTime date={date} />;
}

function isMoving({ isEnded, figures }: Replay): boolean {
  return !isEnded || figures.inFlight > 0;
}

function Figures({ replay: { figures } }: { replay: Replay }) {
  return (
    <dl className="grid grid-cols-3 gap-x-4 gap-y-3 sm:grid-cols-6">
      {segments.map(({ of, title, fill }) => (
        <div key={of}>
          <dt className="flex items-center gap-1.5 text-muted-foreground text-xs">
            <span aria-hidden className={cn("size-2 shrink-0 rounded-full", fill)} />
            {title}
          </dt>
          <dd className="font-medium text-lg tabular-nums">{formatNumber(figures[of])}</dd>
        </div>
      ))}
    </dl>
  );
}

function TimeLeft({ replay: { secondsLeft, figures, isSelected } }: { replay: Replay }) {
  const total = `${formatNumber(figures.total)} in all${isSelected ? "" : " so far"}.`;
  if (secondsLeft === null || figures.remaining === 0) return <p className="text-muted-foreground text-sm">{total}</p>;
  return (
    <p className="text-muted-foreground text-sm tabular-nums">
      {total} About {formatSeconds(Math.max(1, secondsLeft))} left.
    </p>
  );
}

function CanaryState({ replay: { canary, canaryState } }: { replay: Replay }) {
  const first = canary === 1 ? "The first one" : `The first ${formatNumber(canary)}`;
  switch (canaryState) {
    case "none":
      return null;
    case "sending":
      return <Alert role="status">Canary: {first.toLowerCase()} must be delivered before the rest is sent.</Alert>;
    case "passed":
      return (
        <Alert role="status">
          Canary passed: {first.toLowerCase()} {canary === 1 ? "was" : "were"} delivered, so the rest followed.
        </Alert>
      );
    case "failed":
      return (
        <Alert variant="destructive">
          Canary failed: {first.toLowerCase()} did not all get through, so nothing more was sent. Mend the cause, then
          replay what is open.
        </Alert>
      );
  }
}

function ReplayControls({ replay }: { replay: Replay }) {
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
  const cancel = useMutation(trpc.replays.cancel.mutationOptions(options("Canceled: nothing more is sent.")));
  if (!canChange || isEnded) return null;
  const isBusy = pause.isPending || resume.isPending || cancel.isPending;
  const left = pluralise(figures.remaining, "message");
  const flying = figures.inFlight === 0 ? "" : ` ${formatNumber(figures.inFlight)} are on their way already.`;
  return (
    <>
      {state === "paused" ? (
        <ConfirmButton
          question="Resume this replay?"
          consequence={`${left} will be sent, at ${formatNumber(replay.perSecond)} a second.`}
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
