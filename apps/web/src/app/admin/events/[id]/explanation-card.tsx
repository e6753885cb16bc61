"use client";

import type { EventHistory } from "@eventfork/core/history";
import { integrations } from "@eventfork/core/topology";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { SendIcon } from "lucide-react";
import Link from "next/link";
import { toast } from "sonner";
import { ReplayDialog } from "@/components/forms/replay-dialog.tsx";
import { useCanChange } from "@/components/layout/operator.tsx";
import { Button } from "@/components/ui/button.tsx";
import { ExplainedStatusBadge, FailedClauses } from "@/components/ui/outcomes.tsx";
import { Card } from "@/components/ui/panels.tsx";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import { useTRPC } from "@/trpc/client.tsx";

type IntegrationExplanation = EventHistory["integrations"][number];
type WhyCardProps = { eventId: string; why: IntegrationExplanation };

export function ExplanationCard({ eventId, why }: WhyCardProps) {
  const { integration, status, at, decision, forceSent, answer, nextAttemptAt } = why;
  const { title } = integrations[integration];
  return (
    <Card role="region" aria-label={title} className="flex flex-col gap-3 p-5 text-sm">
      <div className="flex items-center justify-between gap-3">
        <h2 className="font-semibold">{title}</h2>
        <ExplainedStatusBadge status={status} />
      </div>
      <p className="text-muted-foreground">
        <StatusSentence why={why} />
        {at !== null && status !== "filtered" && (
          <>
            {" "}
            <RelativeTime date={at} />
          </>
        )}
        {status === "retrying" && nextAttemptAt !== null && (
          <>
            . Next attempt <RelativeTime date={nextAttemptAt} />
          </>
        )}
      </p>
      {decision !== null && <FailedClauses because={decision.because} />}
      {decision?.contested && (
        <p className="text-muted-foreground text-xs">
          Version {decision.version} was still rolling out: version {decision.contested.version}, which would{" "}
          {decision.contested.isWanted ? "have let it through" : "have kept it out"}, may have decided.
        </p>
      )}
      {why.driftedSince !== null && (
        <p className="text-warning text-xs">
          The live filter was not ours then: somebody had edited it.{" "}
          <Link href={`/admin/rules/${integration}`} className="underline underline-offset-4">
            See the difference
          </Link>
        </p>
      )}
      {forceSent !== null && (
        <p className="text-muted-foreground text-xs">
          Sent anyway by {forceSent.by} <RelativeTime date={forceSent.at} />.
        </p>
      )}
      {answer !== null && <p className="line-clamp-3 break-words text-xs">{answer}</p>}
      <ResendAction eventId={eventId} why={why} />
    </Card>
  );
}

function StatusSentence({ why: { status, decision, integration, isPaused } }: { why: IntegrationExplanation }) {
  const version =
    decision === null ? null : (
      <Link href={`/admin/rules/${integration}`} className="rounded-sm underline underline-offset-4">
        v{decision.version}
      </Link>
    );
  switch (status) {
    case "filtered":
      return <>Filtered out by {version} of the rule:</>;
    case "waiting":
      return <>On its way{isPaused && "; the integration is paused, and its messages wait"}.</>;
    case "overdue":
      return <>{version} of the rule wants it, and it has not come. It was published</>;
    case "unpublished":
      return <>It is not published yet: no rule has looked at it.</>;
    case "unknown":
      return <>It was published before any version of this rule.</>;
    case "dead":
      return (
        <>
          Given up, and kept among the{" "}
          <Link
            href={`/admin/dead-letters?integration=${integration}`}
            className="rounded-sm underline underline-offset-4"
          >
            dead letters
          </Link>
        </>
      );
    case "retrying":
      return isPaused
        ? "Waiting, as the integration is paused. Last tried"
        : "Tried, and to be tried again. Last tried";
    case "delivering":
      return <>Being handed over since</>;
    case "delivered":
      if (decision === null || decision.because.length === 0) return "Delivered";
      return <>Delivered, although {version} of the rule filters it out:</>;
  }
}

function ResendAction({ eventId, why: { again, integration, status } }: WhyCardProps) {
  const canChange = useCanChange();
  const { title } = integrations[integration];
  if (!canChange) return null;
  switch (again.kind) {
    case "send":
      return (
        <SendAnyway
          eventId={eventId}
          integration={integration}
          label={status === "filtered" || status === "unknown" ? "Force send" : `Send to ${title} again`}
        />
      );
    case "replay":
      return (
        <div className="mt-auto">
          <ReplayDialog size="sm" selection={{ source: "dead_letters", ids: [again.deadLetterId] }}>
            Replay its dead letter…
          </ReplayDialog>
        </div>
      );
    case "restore":
      return (
        <p className="text-muted-foreground text-xs">
          Its{" "}
          <Link href={`/admin/dead-letters/${again.deadLetterId}`} className="rounded-sm underline underline-offset-4">
            dead letter
          </Link>{" "}
          was discarded: restore it to send it again.
        </p>
      );
    case "nothing":
      return <p className="text-muted-foreground text-xs">Not to be sent again: {again.because}</p>;
  }
}

type SendAnywayProps = { eventId: string; integration: IntegrationExplanation["integration"]; label: string };

function SendAnyway({ eventId, integration, label }: SendAnywayProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { title } = integrations[integration];
  const send = useMutation(
    trpc.events.forceSend.mutationOptions({
      onSuccess: () =>
        toast.success(`Sent to ${title}'s queue. Its delivery appears here when the integration has answered.`),
      onError: (error) => toast.error(error.message),
      onSettled: () => queryClient.invalidateQueries(trpc.events.pathFilter()),
    }),
  );
  return (
    <Button
      variant="outline"
      size="sm"
      className="mt-auto self-start"
      disabled={send.isPending}
      onClick={() => send.mutate({ eventId, integration })}
    >
      <SendIcon aria-hidden />
      {send.isPending ? "Sending…" : label}
    </Button>
  );
}
