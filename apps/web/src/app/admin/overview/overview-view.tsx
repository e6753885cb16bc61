"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { LiveIndicator } from "@/components/admin/live-indicator.tsx";
import { PageHeader } from "@/components/admin/page-header.tsx";
import { RangePicker } from "@/components/admin/range/range-picker.tsx";
import { useRange } from "@/components/admin/range/use-range.ts";
import { refreshEveryMs } from "@/lib/refresh.ts";
import { cn } from "@/lib/utils.ts";
import { useTRPC } from "@/trpc/client.tsx";
import { Flow } from "./flow.tsx";
import { IntegrationCard } from "./integration-card.tsx";
import { OutboxCard } from "./outbox-card.tsx";
import { RuleTroubles } from "./rule-troubles.tsx";
import { Tries } from "./tries.tsx";
import { findTroubles } from "./troubles.ts";
import { Verdict } from "./verdict.tsx";

export function OverviewView() {
  const trpc = useTRPC();
  const { input, isChanging, state, setState } = useRange();
  const { data, isError } = useSuspenseQuery({
    ...trpc.overview.read.queryOptions(input),
    refetchInterval: refreshEveryMs,
  });
  const { range, integrations, outbox } = data;
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
        <Tries overview={data} />
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
