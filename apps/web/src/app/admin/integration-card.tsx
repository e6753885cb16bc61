"use client";

import type { IntegrationStatus } from "@eventfork/core/integrations";
import { sayCapped } from "@eventfork/core/topology";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CirclePauseIcon, PlayIcon, TriangleAlertIcon } from "lucide-react";
import Link from "next/link";
import { toast } from "sonner";
import { useCanChange } from "@/components/admin/operator.tsx";
import { ReplayDialog } from "@/components/admin/replay/replay-dialog.tsx";
import { RelativeTime } from "@/components/relative-time.tsx";
import { deliveryLooks } from "@/components/status-badge.tsx";
import { Badge } from "@/components/ui/badge.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/card.tsx";
import { cn } from "@/lib/utils.ts";
import { useTRPC } from "@/trpc/client.tsx";
import { PauseDialog } from "./pause-dialog.tsx";

const statuses = ["delivered", "delivering", "retrying", "dead"] as const;

const fills = {
  delivered: "bg-success-fill",
  delivering: "bg-info-fill",
  retrying: "bg-warning-fill",
  dead: "bg-destructive-fill",
};

const disagreements = {
  messages_gone: "The queue has fewer messages than there are unfinished deliveries",
  messages_untaken: "The queue has messages that no consumer takes",
};

export function IntegrationCard({ integration }: { integration: IntegrationStatus }) {
  const { name, title, description, queue, ruleVersion } = integration;
  return (
    <Card className="flex flex-col" role="region" aria-label={title}>
      <div className="flex items-start justify-between gap-3 p-5">
        <div className="min-w-0">
          <h2 className="font-semibold leading-tight">{title}</h2>
          <p className="mt-1 text-sm text-muted-foreground">{description}</p>
        </div>
        <StateBadge integration={integration} />
      </div>
      {integration.pausedAt !== null && (
        <p className="mx-5 mb-4 break-words rounded-md bg-warning/8 px-3 py-2 text-sm">
          <span className="block">{integration.pausedReason ?? "No reason was given."}</span>
          <span className="block text-muted-foreground">
            Paused <RelativeTime date={integration.pausedAt} /> by {sayActor(integration.pausedBy)}. Its messages wait
            in the queue.
            {integration.probeAt !== null && (
              <>
                {" "}
                Probed with one event <RelativeTime date={integration.probeAt} />; the first success resumes it.
              </>
            )}
          </span>
        </p>
      )}
      {integration.overdue > 0 && <Overdue integration={integration} />}
      {integration.disagreement !== null && (
        <p className="mx-5 mb-4 rounded-md bg-warning/8 px-3 py-2 text-sm">
          {disagreements[integration.disagreement.kind]}, first seen{" "}
          <RelativeTime date={integration.disagreement.since} />.
        </p>
      )}
      <div className="flex flex-col gap-3 px-5 pb-5">
        <ProportionBar counts={integration.counts} />
        <ul className="grid grid-cols-[repeat(4,auto)] justify-between gap-x-2">
          {statuses.map((status) => (
            <li key={status}>
              <Link
                href={`/admin/deliveries?integration=${name}&status=${status}`}
                className="-mx-1.5 block rounded-md px-1.5 py-1 hover:bg-accent"
              >
                <span className="flex items-center gap-1.5 text-muted-foreground text-xs">
                  <span aria-hidden className={cn("size-1.5 shrink-0 rounded-full", fills[status])} />
                  {deliveryLooks[status].title}
                </span>
                <span className="block font-medium text-lg tabular-nums">
                  {integration.counts[status].toLocaleString("en")}
                </span>
              </Link>
            </li>
          ))}
        </ul>
      </div>
      <dl className="mt-auto grid grid-cols-[1fr_1fr_auto] gap-4 border-t px-5 py-3 text-xs text-muted-foreground">
        <QueueFigure title="In the queue" value={queue?.waiting} />
        <QueueFigure title="In flight" value={queue?.inFlight} />
        <QueueFigure title="Dead letter queue" value={queue?.dead} />
      </dl>
      <div className="flex items-center justify-between gap-2 border-t px-5 py-3">
        <Link
          href={`/admin/rules/${name}`}
          className="rounded-sm text-sm text-muted-foreground underline-offset-4 hover:text-foreground hover:underline"
        >
          Rule, version {ruleVersion}
        </Link>
        <div className="flex items-center gap-2">
          <BackfillLink name={name} title={title} />
          <PauseControl integration={integration} />
        </div>
      </div>
    </Card>
  );
}

function Overdue({ integration: { name, overdue } }: { integration: IntegrationStatus }) {
  return (
    <div className="mx-5 mb-4 flex items-center justify-between gap-3 rounded-md bg-warning/8 px-3 py-2 text-sm">
      <p>{sayCapped(overdue)} overdue: published more than ten minutes ago, and not delivered.</p>
      <ReplayDialog size="sm" variant="outline" selection={{ source: "overdue", integration: name }}>
        Send again…
      </ReplayDialog>
    </div>
  );
}

function StateBadge({ integration }: { integration: IntegrationStatus }) {
  const { pausedAt, queue, counts, openDeadLetters, overdue, disagreement } = integration;
  if (pausedAt !== null) {
    return (
      <Badge variant="warning">
        <CirclePauseIcon aria-hidden className="size-3" />
        Paused
      </Badge>
    );
  }
  const isBehind = counts.retrying > 0 || openDeadLetters > 0 || overdue > 0;
  if (queue === null || isBehind || disagreement !== null) {
    return (
      <Badge variant="warning">
        <TriangleAlertIcon aria-hidden className="size-3" />
        {queue === null ? "Queue unknown" : "Degraded"}
      </Badge>
    );
  }
  return <Badge variant="success">Healthy</Badge>;
}

/** People are known by their address; our own jobs by a name that is of no use to a reader. */
function sayActor(actor: string | null): string {
  return actor === null || actor.startsWith("system:") ? "Eventfork itself" : actor;
}

function ProportionBar({ counts }: { counts: IntegrationStatus["counts"] }) {
  const total = statuses.reduce((sum, status) => sum + counts[status], 0);
  return (
    <div aria-hidden className="flex h-1.5 gap-px overflow-hidden rounded-full bg-muted">
      {statuses
        .filter((status) => counts[status] > 0)
        .map((status) => (
          <span key={status} className={fills[status]} style={{ width: `${(counts[status] / total) * 100}%` }} />
        ))}
    </div>
  );
}

function QueueFigure({ title, value }: { title: string; value: number | undefined }) {
  return (
    <div className="flex flex-col gap-0.5 whitespace-nowrap">
      <dt>{title}</dt>
      <dd className="font-medium text-foreground text-sm tabular-nums">{value?.toLocaleString("en") ?? "?"}</dd>
    </div>
  );
}

function BackfillLink({ name, title }: Pick<IntegrationStatus, "name" | "title">) {
  const canChange = useCanChange();
  if (!canChange) return null;
  return (
    <Button asChild variant="ghost" size="sm">
      <Link href={`/admin/replays/backfill?integration=${name}`} aria-label={`Backfill ${title}`}>
        Backfill…
      </Link>
    </Button>
  );
}

function PauseControl({ integration: { name, title, pausedAt } }: { integration: IntegrationStatus }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const canChange = useCanChange();
  const resume = useMutation(
    trpc.integrations.resume.mutationOptions({
      onError: (error) => toast.error(error.message),
      onSettled: () => queryClient.invalidateQueries(trpc.integrations.pathFilter()),
    }),
  );
  if (!canChange) return null;
  if (pausedAt === null) return <PauseDialog integration={name} title={title} />;
  return (
    <Button size="sm" disabled={resume.isPending} onClick={() => resume.mutate({ integration: name })}>
      <PlayIcon aria-hidden />
      Resume
    </Button>
  );
}
