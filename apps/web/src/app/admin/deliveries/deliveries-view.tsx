"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { SendIcon } from "lucide-react";
import { useQueryStates } from "nuqs";
import { useDeferredValue, useMemo } from "react";
import { FilterSelect } from "@/components/admin/filter-select.tsx";
import { LiveIndicator } from "@/components/admin/live-indicator.tsx";
import { PageHeader } from "@/components/admin/page-header.tsx";
import { Pager } from "@/components/admin/pager.tsx";
import { EmptyState } from "@/components/empty-state.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/card.tsx";
import { integrationOptions, toInput } from "@/lib/list-params.ts";
import { refreshEveryMs } from "@/lib/refresh.ts";
import { cn } from "@/lib/utils.ts";
import { useTRPC } from "@/trpc/client.tsx";
import { DeliveriesTable } from "./deliveries-table.tsx";
import { deliveriesParams, deliveryStatusOptions } from "./search-params.ts";

export function DeliveriesView() {
  const trpc = useTRPC();
  const [params, setParams] = useQueryStates(deliveriesParams, { history: "push" });
  const { integration, status, cursor } = params;
  const input = useMemo(() => toInput({ integration, status, cursor }), [integration, status, cursor]);
  const shownInput = useDeferredValue(input);
  const { data, isError } = useSuspenseQuery({
    ...trpc.deliveries.list.queryOptions(shownInput),
    refetchInterval: refreshEveryMs,
  });
  const isFiltered = integration !== null || status !== null;
  const clear = () => setParams({ integration: null, status: null, cursor: null });
  return (
    <div className="flex flex-col gap-5">
      <PageHeader title="Deliveries" description="What became of each event at each integration, the latest first.">
        <FilterSelect
          label="Integration"
          all="All integrations"
          value={integration}
          options={integrationOptions}
          onChange={(value) => setParams({ integration: value, cursor: null })}
        />
        <FilterSelect
          label="Status"
          all="Any status"
          value={status}
          options={deliveryStatusOptions}
          onChange={(value) => setParams({ status: value, cursor: null })}
        />
      </PageHeader>
      <Card className={cn("overflow-hidden transition-opacity", shownInput !== input && "opacity-60")}>
        {data.deliveries.length > 0 ? (
          <DeliveriesTable deliveries={data.deliveries} />
        ) : isFiltered || cursor !== null ? (
          <EmptyState icon={SendIcon} title="No delivery fits">
            <p className="mb-3">Nothing has this integration and this status now.</p>
            <Button variant="outline" size="sm" onClick={clear}>
              Show all deliveries
            </Button>
          </EmptyState>
        ) : (
          <EmptyState icon={SendIcon} title="No deliveries yet">
            They show here seconds after somebody signs up or logs in. <code className="font-mono">eventfork emit</code>{" "}
            sends an event by hand.
          </EmptyState>
        )}
      </Card>
      <div className="flex flex-col gap-4">
        <Pager isFirst={cursor === null} next={data.next} onMove={(next) => setParams({ cursor: next })} />
        <LiveIndicator isFailing={isError} />
      </div>
    </div>
  );
}
