"use client";

import type { Overview } from "@eventfork/core/overview";
import { integrations } from "@eventfork/core/topology";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import type { ReactNode } from "react";
import { AttemptsChart } from "@/components/charts/attempts-chart.tsx";
import { RangePicker, useRange } from "@/components/forms/range-picker.tsx";
import { LiveIndicator, live, PageHeader, SectionCard } from "@/components/layout/page-layout.tsx";
import { pluralise } from "@/lib/format.ts";
import { cn } from "@/lib/utils.ts";
import { useTRPC } from "@/trpc/client.tsx";
import { Changes } from "./changes.tsx";
import { Flow } from "./flow.tsx";
import { IntegrationCard } from "./integration-card.tsx";
import { OutboxCard } from "./outbox-card.tsx";
import { findSystemIssues, SystemStatus } from "./system-status.tsx";

const MissingResources = dynamic(() => import("./missing-resources.tsx").then((module) => module.MissingResources), {
  ssr: false,
});
const RuleIssueAlert = dynamic(() => import("./rule-issue.tsx").then((module) => module.RuleIssueAlert), {
  ssr: false,
});

export function OverviewView() {
  const trpc = useTRPC();
  const { input, isChanging, state, setState } = useRange();
  const { data, isError } = useSuspenseQuery(live(trpc.overview.read.queryOptions(input)));
  const { range, integrations, outbox } = data;
  return (
    <div className="flex flex-col gap-6">
      <PageHeader title="Overview" description={<LiveIndicator isFailing={isError} />}>
        <RangePicker state={state} onChange={setState} />
      </PageHeader>
      <SystemStatus issues={findSystemIssues(data)} />
      {data.missing.length > 0 && <MissingResources missing={data.missing} />}
      <RuleIssues />
      <OfRange isChanging={isChanging}>
        <div className="grid gap-4 md:grid-cols-2 xl:grid-cols-3">
          {integrations.map((integration) => (
            <IntegrationCard key={integration.name} integration={integration} range={range} />
          ))}
        </div>
      </OfRange>
      <Flow overview={data} />
      <OfRange isChanging={isChanging}>
        <DeliveryAttempts overview={data} />
      </OfRange>
      <OutboxCard outbox={outbox} />
    </div>
  );
}

function OfRange({ isChanging, children }: { isChanging: boolean; children: ReactNode }) {
  return (
    <div aria-busy={isChanging} className={cn("transition-opacity", isChanging && "opacity-60")}>
      {children}
    </div>
  );
}

function RuleIssues() {
  const trpc = useTRPC();
  const { data = [] } = useQuery(live(trpc.rules.issues.queryOptions()));
  return data.map((issue) => (
    <section key={issue.integration} aria-label={`${integrations[issue.integration].title}'s rule`}>
      <RuleIssueAlert issue={issue} />
    </section>
  ));
}

function DeliveryAttempts({ overview: { range, integrations, events, changes } }: { overview: Overview }) {
  return (
    <SectionCard
      title="Delivery attempts"
      aside={<p className="text-muted-foreground text-sm">{pluralise(events.accepted, "event")} published</p>}
    >
      <AttemptsChart
        title="Delivery attempts by outcome"
        range={range}
        counts={integrations.flatMap(({ figures }) => figures.points)}
        changes={changes.map(({ at }) => at)}
      />
      <Changes changes={changes} />
    </SectionCard>
  );
}
