"use client";

import { sayCapped } from "@eventfork/core/kernel/numbers";
import type { IntegrationOverview } from "@eventfork/core/overview";
import type { Range } from "@eventfork/core/rollups";
import { CirclePauseIcon, TriangleAlertIcon } from "lucide-react";
import Link from "next/link";
import { AttemptsSparkline } from "@/components/admin/charts/attempts-chart.tsx";
import { ReplayDialog } from "@/components/admin/replay/replay-dialog.tsx";
import { RelativeTime } from "@/components/relative-time.tsx";
import { Badge } from "@/components/ui/badge.tsx";
import { Card } from "@/components/ui/card.tsx";
import { sayActor } from "./changes.tsx";
import { IntegrationActions } from "./integration-actions.tsx";
import { IntegrationFigures } from "./integration-figures.tsx";

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
      {integration.overdue > 0 && <Overdue integration={integration} />}
      {disagreement !== null && (
        <p className="mx-5 mb-4 rounded-md bg-warning/8 px-3 py-2 text-sm">
          {disagreements[disagreement.kind]}, first seen <RelativeTime date={disagreement.since} />.
        </p>
      )}
      <div className="mt-auto px-5">
        <AttemptsSparkline title={`${title}'s tries, by how they ended`} range={range} counts={figures.points} />
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
        Paused <RelativeTime date={pausedAt} /> by {sayActor(pausedBy)}. Its messages wait in the queue.
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
        {sayCapped(overdue)} overdue: published more than ten minutes ago, and not delivered.
      </p>
      <ReplayDialog size="sm" variant="outline" selection={{ source: "overdue", integration: name }}>
        Send again…
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
