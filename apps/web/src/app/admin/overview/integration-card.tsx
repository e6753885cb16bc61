"use client";

import type { IntegrationOverview } from "@eventfork/core/overview";
import { formatCapped, formatNumber } from "@eventfork/core/platform/text/numbers";
import type { Range } from "@eventfork/core/rollups";
import { CirclePauseIcon, TriangleAlertIcon } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { AttemptsSparkline } from "@/components/charts/attempts-chart.tsx";
import { formatLatency } from "@/components/charts/points.ts";
import { ReplayDialog } from "@/components/forms/replay-dialog.tsx";
import { Badge } from "@/components/ui/badge.tsx";
import { Card } from "@/components/ui/panels.tsx";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import { cn } from "@/lib/utils.ts";
import { describeActor } from "./changes.tsx";
import { IntegrationActions } from "./integration-actions.tsx";

const disagreements = {
  messages_gone: "The queue has fewer messages than there are unfinished deliveries",
  messages_untaken: "The queue has messages that no consumer takes",
};

type IntegrationCardProps = { integration: IntegrationOverview; range: Range };

export function IntegrationCard({ integration, range }: IntegrationCardProps) {
  const { name, title, ruleSentence, ruleVersion, disagreement, figures } = integration;
  return (
    <Card
      id={name}
      className="flex scroll-mt-6 flex-col not-first:[contain-intrinsic-height:auto_28rem] not-first:[content-visibility:auto]"
      role="region"
      aria-label={title}
    >
      <div className="flex items-start justify-between gap-3 px-5 pt-5 pb-4">
        <div className="min-w-0">
          <h2 className="font-semibold leading-tight">{title}</h2>
          <p className="mt-1 break-words text-muted-foreground text-sm">
            {ruleSentence}.{" "}
            <Link
              href={`/admin/rules/${name}`}
              prefetch={false}
              className="whitespace-nowrap rounded-sm underline underline-offset-4 hover:text-foreground"
            >
              Rule, version {ruleVersion}
            </Link>
          </p>
        </div>
        <StateBadge integration={integration} />
      </div>
      <Paused integration={integration} />
      {integration.rateLimitedUntil !== null && (
        <p className="mx-5 mb-4 rounded-md bg-warning/8 px-3 py-2 text-sm">
          Rate limited by {title}. Next batch: <RelativeTime date={integration.rateLimitedUntil} />.
        </p>
      )}
      {integration.overdue > 0 && <Overdue integration={integration} />}
      {disagreement !== null && (
        <p className="mx-5 mb-4 rounded-md bg-warning/8 px-3 py-2 text-sm">
          {disagreements[disagreement.kind]}, first seen <RelativeTime date={disagreement.since} />.
        </p>
      )}
      <div className="mt-auto px-5">
        <AttemptsSparkline title={`${title}'s attempts by outcome`} range={range} counts={figures.points} />
      </div>
      <IntegrationFigures integration={integration} />
      <IntegrationActions integration={integration} />
    </Card>
  );
}

function Paused({ integration: { pausedAt, pausedBy, pausedReason, probeAt } }: { integration: IntegrationOverview }) {
  if (pausedAt === null) return null;
  return (
    <p className="mx-5 mb-4 break-words rounded-md bg-warning/8 px-3 py-2 text-sm">
      <span className="block">{pausedReason ?? "No reason was given."}</span>
      <span className="block text-muted-foreground">
        Paused <RelativeTime date={pausedAt} /> by {describeActor(pausedBy)}. Its messages wait in the queue.
        {probeAt !== null && (
          <>
            {" "}
            Probed with one event <RelativeTime date={probeAt} />; the first success resumes it.
          </>
        )}
      </span>
    </p>
  );
}

function Overdue({ integration: { name, overdue } }: { integration: IntegrationOverview }) {
  return (
    <div className="mx-5 mb-4 flex flex-wrap items-center justify-between gap-x-3 gap-y-2 rounded-md bg-warning/8 px-3 py-2 text-sm">
      <p className="min-w-48 flex-1">
        {formatCapped(overdue)} overdue: published more than ten minutes ago, and not delivered.
      </p>
      <ReplayDialog size="sm" variant="outline" selection={{ source: "overdue", integration: name }}>
        Resend…
      </ReplayDialog>
    </div>
  );
}

function StateBadge({ integration }: { integration: IntegrationOverview }) {
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

function IntegrationFigures({ integration }: { integration: IntegrationOverview }) {
  const { name, figures, counts, openDeadLetters, queue, oldestUnfinishedAt } = integration;
  const { delivered, retried, deadLettered, successRate, p50, p95 } = figures;
  const list = (status: string) => `/admin/deliveries?integration=${name}&status=${status}`;
  return (
    <>
      <dl className="grid grid-cols-3 gap-x-4 gap-y-3 px-5 py-4">
        <Figure title="Delivered" href={list("delivered")} fill="bg-success-fill">
          {formatNumber(delivered)}
        </Figure>
        <Figure title="Failed attempts" href={list("retrying")} fill="bg-warning-fill">
          {formatNumber(retried)}
        </Figure>
        <Figure title="Dead-lettered" href={list("dead")} fill="bg-destructive-fill">
          {formatNumber(deadLettered)}
        </Figure>
        <Figure title="Success rate">{formatShare(successRate)}</Figure>
        <Figure title="p50" hint="Half were delivered within this time of the event; within 10 % of the exact value.">
          {formatLatency(p50)}
        </Figure>
        <Figure
          title="p95"
          hint="95 of 100 were delivered within this time of the event; within 10 % of the exact value."
        >
          {formatLatency(p95)}
        </Figure>
      </dl>
      <dl className="grid grid-cols-3 gap-x-4 gap-y-3 border-t px-5 py-4">
        <Figure title="Backlog" isSmall>
          {queue === null ? "?" : formatNumber(queue.waiting)}
        </Figure>
        <Figure title="In flight" isSmall>
          {queue === null ? "?" : formatNumber(queue.inFlight)}
        </Figure>
        <Figure title="Retrying" href={list("retrying")} isSmall>
          {formatCapped(counts.retrying)}
        </Figure>
        <Figure title="Oldest message" isSmall>
          {oldestUnfinishedAt === null ? "—" : <RelativeTime date={oldestUnfinishedAt} />}
        </Figure>
        <Figure title="Dead letters" href={`/admin/dead-letters?integration=${name}`} isSmall>
          {formatNumber(openDeadLetters)}
        </Figure>
        <Figure title="DLQ" hint="Dead letter queue: messages that are not archived yet." isSmall>
          {queue === null ? "?" : formatNumber(queue.dead)}
        </Figure>
      </dl>
    </>
  );
}

function formatShare(share: number | null): string {
  if (share === null) return "—";
  return `${formatNumber(Math.floor(share * 10_000) / 100)} %`;
}

type FigureProps = {
  title: string;
  href?: string;
  hint?: string;
  fill?: string;
  isSmall?: boolean;
  children: ReactNode;
};

function Figure({ title, href, hint, fill, isSmall = false, children }: FigureProps) {
  return (
    <div className="flex min-w-0 flex-col justify-between gap-0.5" title={hint}>
      <dt className="flex items-center gap-1.5 text-muted-foreground text-xs">
        {fill !== undefined && <span aria-hidden className={cn("size-1.5 shrink-0 rounded-full", fill)} />}
        {title}
      </dt>
      <dd className={cn("font-medium tabular-nums", isSmall ? "text-sm" : "text-lg")}>
        {href === undefined ? (
          children
        ) : (
          <Link href={href} prefetch={false} className="-mx-1 rounded-sm px-1 hover:bg-accent">
            {children}
          </Link>
        )}
      </dd>
    </div>
  );
}
