"use client";

import type { DeliveryItem, DeliverySort } from "@eventfork/core/deliveries";
import { useQueryStates } from "nuqs";
import type { MouseEvent } from "react";
import type { Column } from "@/components/table/data-table.tsx";
import { IntegrationTitle } from "@/components/table/integration.tsx";
import { CopyId } from "@/components/ui/copy-id.tsx";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import { deliveryStatusStyles, StatusBadge } from "@/components/ui/status-badge.tsx";
import { cn } from "@/lib/utils.ts";
import { deliveriesParams, keyOf, serialiseDeliveriesParams } from "./search-params.ts";

export const deliveryColumns: readonly Column<DeliveryItem>[] = [
  { title: "Status", cell: ({ status }) => <StatusBadge style={deliveryStatusStyles[status]} /> },
  {
    title: "Event",
    isMain: true,
    sort: { by: "event" satisfies DeliverySort, first: "desc" },
    cell: (delivery) => (
      <>
        <OpenDelivery delivery={delivery} />
        <CopyId id={delivery.eventId} />
      </>
    ),
  },
  { title: "Integration", from: "md", cell: ({ integration }) => <IntegrationTitle name={integration} /> },
  {
    title: "Attempts",
    from: "md",
    align: "right",
    cell: ({ attempts }) => (
      <span className="tabular-nums">
        {attempts}
        <span className="md:hidden"> {attempts === 1 ? "attempt" : "attempts"}</span>
      </span>
    ),
  },
  { title: "Response", from: "lg", className: "max-w-sm", cell: (delivery) => <Answer delivery={delivery} /> },
  {
    title: "Next attempt",
    from: "md",
    align: "right",
    className: "whitespace-nowrap",
    sort: { by: "next_try" satisfies DeliverySort, first: "asc" },
    cell: ({ nextAttemptAt, status }) =>
      nextAttemptAt === null || status !== "retrying" ? null : (
        <span className="text-warning">
          <span className="md:hidden">next attempt </span>
          <RelativeTime date={nextAttemptAt} />
        </span>
      ),
  },
  {
    title: "Updated",
    from: "sm",
    align: "right",
    className: "whitespace-nowrap",
    sort: { by: "changed" satisfies DeliverySort, first: "desc" },
    cell: ({ updatedAt }) => <RelativeTime date={updatedAt} className="text-muted-foreground" />,
  },
];

function Answer({ delivery: { errorCode, errorMessage, response } }: { delivery: DeliveryItem }) {
  const text = errorMessage ?? response;
  if (text === null) return null;
  const isError = errorMessage !== null;
  return (
    <p className={cn("line-clamp-2 break-words", isError ? "text-destructive" : "text-muted-foreground")} title={text}>
      {isError && errorCode !== null && <span className="mr-1.5 font-mono text-xs">{errorCode}</span>}
      {text}
    </p>
  );
}

export const idOfLink = (key: string) => `delivery ${key}`;

function OpenDelivery({ delivery }: { delivery: DeliveryItem }) {
  const [params, setParams] = useQueryStates(deliveriesParams, { history: "push" });
  const key = keyOf(delivery);

  function open(event: MouseEvent): void {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    void setParams({ delivery: key });
  }

  return (
    <a
      id={idOfLink(key)}
      href={serialiseDeliveriesParams("/admin/deliveries", { ...params, delivery: key })}
      onClick={open}
      aria-haspopup="dialog"
      className="block w-fit rounded-sm leading-6 underline-offset-4 hover:underline"
    >
      {delivery.eventType}
    </a>
  );
}
