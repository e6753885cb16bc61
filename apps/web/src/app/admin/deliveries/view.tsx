"use client";

import type { DeliveryItem, DeliveryPage } from "@eventfork/core/deliveries";
import { formatNumber } from "@eventfork/core/platform/text/numbers";
import { useSuspenseQuery } from "@tanstack/react-query";
import { SendIcon } from "lucide-react";
import { useQueryStates } from "nuqs";
import { useDeferredValue } from "react";
import { useCanChange } from "@/components/layout/operator.tsx";
import { live, PageHeader } from "@/components/layout/page-layout.tsx";
import { DataList } from "@/components/table/data-list.tsx";
import { SavedViews } from "@/components/table/saved-views.tsx";
import { useRowSelection } from "@/components/table/selection-card.tsx";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import { useStableValue } from "@/lib/hooks.ts";
import { useTRPC } from "@/trpc/client.tsx";
import { deliveryColumns } from "./columns.tsx";
import { DeliveryFilters } from "./filters.tsx";
import { DeliveryPanel } from "./panel.tsx";
import { deliveriesParams, keyOf, serialiseDeliveriesParams, toDeliveryFilter, toListInput } from "./search-params.ts";
import { DeliverySelectionBar } from "./selection-bar.tsx";

const naming = {
  keyOf,
  nameOf: ({ eventType, integration, eventId }: DeliveryItem) => `${eventType} for ${integration}, ${eventId}`,
};

export function DeliveriesView() {
  const trpc = useTRPC();
  const canChange = useCanChange();
  const [params, setParams] = useQueryStates(deliveriesParams, { history: "push" });
  const filter = useStableValue(toDeliveryFilter(params));
  const filterText = JSON.stringify(filter);
  const input = useStableValue(toListInput(params));
  const shownInput = useDeferredValue(input);
  const { data, isError } = useSuspenseQuery(live(trpc.deliveries.list.queryOptions(shownInput)));
  const chosen = useRowSelection(filterText, naming);
  const searchFurther = () => setParams({ cursor: data.next });
  return (
    <div className="flex flex-col gap-5">
      <PageHeader title="Deliveries" description="The status of each event at each integration.">
        <SavedViews page="deliveries" query={serialiseDeliveriesParams({ ...params, cursor: null, delivery: null })} />
      </PageHeader>
      <DeliveryFilters />
      {canChange && data.deliveries.length > 0 && (
        <DeliverySelectionBar filter={filter} chosen={chosen} isPageChosen={data.deliveries.every(chosen.isChosen)} />
      )}
      {data.scanned !== null && data.deliveries.length > 0 && (
        <Scanned scanned={data.scanned} onContinue={searchFurther} />
      )}
      <DataList
        rows={data.deliveries}
        keyOf={keyOf}
        columns={deliveryColumns}
        selection={canChange ? chosen : undefined}
        sorting={{
          by: params.sort ?? "changed",
          direction: params.direction ?? "desc",
          onSort: (by, direction) => setParams({ sort: deliveriesParams.sort.parse(by), direction, cursor: null }),
        }}
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
        noFit={
          data.scanned === null
            ? {
                title: "No matching deliveries",
                text: "No delivery has these properties now.",
                showAll: "Show all deliveries",
              }
            : {
                title: "Nothing found so far",
                text: <Scanned scanned={data.scanned} onContinue={searchFurther} />,
                showAll: "Show all deliveries",
              }
        }
        isFiltered={filterText !== "{}"}
        onClear={() => setParams(null)}
        isStale={shownInput !== input}
        isFailing={isError}
        isFirst={params.cursor === null}
        next={data.next}
        onMove={(next) => setParams({ cursor: next })}
        order={params.sort === null && params.direction !== "asc" ? "time" : "sequence"}
      />
      <DeliveryPanel />
    </div>
  );
}

type ScannedProps = { scanned: NonNullable<DeliveryPage["scanned"]>; onContinue: () => void };

function Scanned({ scanned: { rows, to }, onContinue }: ScannedProps) {
  return (
    <p role="status" className="text-muted-foreground text-sm">
      Searched the latest {formatNumber(rows)} deliveries, back to <RelativeTime date={to} />.{" "}
      <button type="button" className="rounded-sm text-foreground underline underline-offset-4" onClick={onContinue}>
        Look further
      </button>
    </p>
  );
}
