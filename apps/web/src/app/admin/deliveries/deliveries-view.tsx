"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { SendIcon } from "lucide-react";
import { useQueryStates } from "nuqs";
import { useDeferredValue, useMemo } from "react";
import { DataList } from "@/components/admin/data-list.tsx";
import { FilterSelect } from "@/components/admin/filter-select.tsx";
import { PageHeader } from "@/components/admin/page-header.tsx";
import { integrationOptions, toInput } from "@/lib/list-params.ts";
import { refreshEveryMs } from "@/lib/refresh.ts";
import { useTRPC } from "@/trpc/client.tsx";
import { deliveryColumns } from "./delivery-columns.tsx";
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
      <DataList
        rows={data.deliveries}
        keyOf={({ eventId, integration }) => `${eventId} ${integration}`}
        columns={deliveryColumns}
        empty={{
          icon: SendIcon,
          title: "No deliveries yet",
          text: (
            <>
              They show here seconds after somebody signs up or logs in.{" "}
              <code className="font-mono">eventfork emit</code> sends an event by hand.
            </>
          ),
        }}
        noFit={{
          title: "No delivery fits",
          text: "Nothing has this integration and this status now.",
          showAll: "Show all deliveries",
        }}
        isFiltered={integration !== null || status !== null}
        onClear={() => setParams(null)}
        isStale={shownInput !== input}
        isFailing={isError}
        isFirst={cursor === null}
        next={data.next}
        onMove={(next) => setParams({ cursor: next })}
      />
    </div>
  );
}
