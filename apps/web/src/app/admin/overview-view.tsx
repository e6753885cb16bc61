"use client";

import type { IntegrationStatus } from "@eventfork/core/integrations";
import type { OutboxStatus } from "@eventfork/core/outbox";
import { sayCapped } from "@eventfork/core/topology";
import { useSuspenseQueries } from "@tanstack/react-query";
import { LiveIndicator } from "@/components/admin/live-indicator.tsx";
import { PageHeader } from "@/components/admin/page-header.tsx";
import { refreshEveryMs } from "@/lib/refresh.ts";
import { useTRPC } from "@/trpc/client.tsx";
import { IntegrationCard } from "./integration-card.tsx";
import { OutboxCard } from "./outbox-card.tsx";
import { RuleTroubles } from "./rule-troubles.tsx";

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
      <RuleTroubles />
      <div className="grid gap-4 md:grid-cols-2 xl:grid-cols-3">
        {integrations.data.map((integration) => (
          <IntegrationCard key={integration.name} integration={integration} />
        ))}
      </div>
      <OutboxCard outbox={outbox.data} />
    </div>
  );
}

function findTroubles(integrations: readonly IntegrationStatus[], outbox: OutboxStatus): string[] {
  const isBrokerSilent = integrations.some(({ queue }) => queue === null);
  return [
    ...integrations.filter(({ pausedAt }) => pausedAt !== null).map(({ title }) => `${title} is paused`),
    ...sayCounts(integrations, ({ counts }) => counts.retrying, ["is retrying", "delivery", "deliveries"]),
    ...sayCounts(integrations, ({ openDeadLetters }) => openDeadLetters, ["has", "dead letter", "dead letters"]),
    ...sayCounts(integrations, ({ overdue }) => overdue, ["has", "overdue delivery", "overdue deliveries"], sayCapped),
    ...(isBrokerSilent ? ["SQS does not answer"] : []),
    ...(outbox.oldestSeconds >= outboxLateSeconds ? ["SNS has not accepted events for more than a minute"] : []),
    ...(outbox.setAside.count > 0 ? ["Events are set aside in the outbox"] : []),
    ...integrations
      .filter(({ disagreement }) => disagreement !== null)
      .map(({ title }) => `${title}'s queue and deliveries disagree`),
  ];
}

function sayCounts(
  integrations: readonly IntegrationStatus[],
  count: (integration: IntegrationStatus) => number,
  [verb, one, many]: [verb: string, one: string, many: string],
  say = (number: number) => number.toLocaleString("en"),
): string[] {
  return integrations.flatMap((integration) => {
    const number = count(integration);
    if (number === 0) return [];
    return `${integration.title} ${verb} ${say(number)} ${number === 1 ? one : many}`;
  });
}
