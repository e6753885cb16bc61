"use client";

import type { IntegrationStatus } from "@eventfork/core/integrations";
import { useSuspenseQueries } from "@tanstack/react-query";
import { formatDuration, intervalToDuration } from "date-fns";
import { LiveIndicator } from "@/components/admin/live-indicator.tsx";
import { PageHeader } from "@/components/admin/page-header.tsx";
import { Card } from "@/components/ui/card.tsx";
import { refreshEveryMs } from "@/lib/refresh.ts";
import { useTRPC } from "@/trpc/client.tsx";
import { IntegrationCard } from "./integration-card.tsx";

type OutboxMeasure = { depth: number; oldestSeconds: number };

/** An outbox this old is not just between two publishes: SNS has not been taking events. */
const outboxLateSeconds = 60;

export function OverviewView() {
  const trpc = useTRPC();
  const [integrations, outbox] = useSuspenseQueries({
    queries: [
      { ...trpc.integrations.list.queryOptions(), refetchInterval: refreshEveryMs },
      { ...trpc.outbox.measure.queryOptions(), refetchInterval: refreshEveryMs },
    ],
  });
  const troubles = findTroubles(integrations.data, outbox.data);
  return (
    <div className="flex flex-col gap-6">
      <PageHeader title="Overview" description={troubles.length === 0 ? "All is well." : `${troubles.join(". ")}.`}>
        <LiveIndicator isFailing={integrations.isError || outbox.isError} />
      </PageHeader>
      <div className="grid gap-4 md:grid-cols-2 xl:grid-cols-3">
        {integrations.data.map((integration) => (
          <IntegrationCard key={integration.name} integration={integration} />
        ))}
      </div>
      <OutboxCard outbox={outbox.data} />
    </div>
  );
}

function OutboxCard({ outbox: { depth, oldestSeconds } }: { outbox: OutboxMeasure }) {
  return (
    <Card className="flex flex-wrap items-center justify-between gap-4 p-5">
      <div>
        <h2 className="text-sm font-semibold">Outbox</h2>
        <p className="text-sm text-muted-foreground">Events that SNS has not accepted yet.</p>
      </div>
      <dl className="flex gap-8 text-sm">
        <div>
          <dt className="text-xs text-muted-foreground">Waiting</dt>
          <dd className="text-lg font-medium tabular-nums">{depth.toLocaleString("en")}</dd>
        </div>
        <div>
          <dt className="text-xs text-muted-foreground">The oldest for</dt>
          <dd className="text-lg font-medium tabular-nums">{depth === 0 ? "—" : saySeconds(oldestSeconds)}</dd>
        </div>
      </dl>
    </Card>
  );
}

function findTroubles(integrations: readonly IntegrationStatus[], outbox: OutboxMeasure): string[] {
  const isBrokerSilent = integrations.some(({ queue }) => queue === null);
  return [
    ...integrations.filter(({ pausedAt }) => pausedAt !== null).map(({ title }) => `${title} is paused`),
    ...sayCounts(integrations, ({ counts }) => counts.retrying, ["is retrying", "delivery", "deliveries"]),
    ...sayCounts(integrations, ({ openDeadLetters }) => openDeadLetters, ["has", "dead letter", "dead letters"]),
    ...sayCounts(integrations, ({ overdue }) => overdue, ["has", "overdue delivery", "overdue deliveries"]),
    ...(isBrokerSilent ? ["SQS does not answer"] : []),
    ...(outbox.oldestSeconds >= outboxLateSeconds ? ["SNS has not accepted events for more than a minute"] : []),
  ];
}

function sayCounts(
  integrations: readonly IntegrationStatus[],
  count: (integration: IntegrationStatus) => number,
  [verb, one, many]: [verb: string, one: string, many: string],
): string[] {
  return integrations.flatMap((integration) => {
    const number = count(integration);
    if (number === 0) return [];
    return `${integration.title} ${verb} ${number.toLocaleString("en")} ${number === 1 ? one : many}`;
  });
}

function saySeconds(seconds: number): string {
  const duration = intervalToDuration({ start: 0, end: seconds * 1_000 });
  return formatDuration(duration, { format: ["days", "hours", "minutes", "seconds"] }) || "0 seconds";
}
