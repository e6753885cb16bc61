"use client";

import { fanOutWords } from "@eventfork/core/topology";
import { useSuspenseQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo } from "react";
import { addUp } from "@/components/admin/charts/points.ts";
import { TriesChart } from "@/components/admin/charts/tries-chart.tsx";
import { LiveIndicator } from "@/components/admin/live-indicator.tsx";
import { PageHeader } from "@/components/admin/page-header.tsx";
import { RangePicker } from "@/components/admin/range/range-picker.tsx";
import { useRange } from "@/components/admin/range/use-range.ts";
import { Card } from "@/components/ui/card.tsx";
import { refreshEveryMs } from "@/lib/refresh.ts";
import { pluralise } from "@/lib/say.ts";
import { cn } from "@/lib/utils.ts";
import { useTRPC } from "@/trpc/client.tsx";
import { Changes } from "./changes.tsx";
import { Flow } from "./flow.tsx";
import { IntegrationCard } from "./integration-card.tsx";
import { OutboxCard } from "./outbox-card.tsx";
import { RuleTroubles } from "./rule-troubles.tsx";
import { findTroubles } from "./troubles.ts";
import { Verdict } from "./verdict.tsx";

export function OverviewView() {
  const trpc = useTRPC();
  const { input, isChanging, state, setState } = useRange();
  const { data, isError } = useSuspenseQuery({
    ...trpc.overview.read.queryOptions(input),
    refetchInterval: refreshEveryMs,
  });
  const { range, integrations, events, outbox, changes } = data;
  const points = useMemo(() => addUp(integrations.map(({ figures }) => figures.points)), [integrations]);
  return (
    <div className="flex flex-col gap-6">
      <PageHeader title="Overview" description={<LiveIndicator isFailing={isError} />}>
        <RangePicker state={state} onChange={setState} />
      </PageHeader>
      <Verdict troubles={findTroubles(data)} />
      <RuleTroubles />
      <OfRange isChanging={isChanging}>
        <div className="grid gap-4 md:grid-cols-2 xl:grid-cols-3">
          {integrations.map((integration) => (
            <IntegrationCard key={integration.name} integration={integration} range={range} />
          ))}
        </div>
      </OfRange>
      <Flow overview={data} />
      <OfRange isChanging={isChanging}>
        <Card
          role="region"
          aria-label="Tries"
          className="flex flex-col gap-4 p-5 [contain-intrinsic-height:auto_28rem] [content-visibility:auto]"
        >
          <div className="flex flex-wrap items-baseline justify-between gap-x-4">
            <h2 className="font-semibold text-sm">Tries of deliveries</h2>
            <p className="text-muted-foreground text-sm">
              {pluralise(events.accepted, "event")} accepted by {fanOutWords.service}
            </p>
          </div>
          <TriesChart
            title="Tries of deliveries, by how they ended"
            range={range}
            points={points}
            changes={changes.map(({ at }) => at)}
          />
          <Changes changes={changes} />
        </Card>
      </OfRange>
      <OutboxCard outbox={outbox} />
    </div>
  );
}

/** What is about the chosen time, and pale until another choice has its figures. */
function OfRange({ isChanging, children }: { isChanging: boolean; children: ReactNode }) {
  return (
    <div aria-busy={isChanging} className={cn("transition-opacity", isChanging && "opacity-60")}>
      {children}
    </div>
  );
}
