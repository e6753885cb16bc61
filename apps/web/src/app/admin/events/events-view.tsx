"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { ZapIcon } from "lucide-react";
import { useQueryStates } from "nuqs";
import { EventRow } from "@/components/admin/event-row.tsx";
import { LiveIndicator } from "@/components/admin/live-indicator.tsx";
import { PageHeader } from "@/components/admin/page-header.tsx";
import { Pager } from "@/components/admin/pager.tsx";
import { WhyBadge } from "@/components/admin/why-badge.tsx";
import { EmptyState } from "@/components/empty-state.tsx";
import { Card } from "@/components/ui/card.tsx";
import { toInput } from "@/lib/list-params.ts";
import { refreshEveryMs } from "@/lib/refresh.ts";
import { useTRPC } from "@/trpc/client.tsx";
import { eventsParams } from "./search-params.ts";

export function EventsView() {
  const trpc = useTRPC();
  const [{ cursor }, setParams] = useQueryStates(eventsParams, { history: "push" });
  const { data, isError } = useSuspenseQuery({
    ...trpc.events.list.queryOptions(toInput({ cursor })),
    refetchInterval: refreshEveryMs,
  });
  return (
    <div className="flex flex-col gap-5">
      <PageHeader title="Events" description="Every recorded event, the latest first, and what became of it." />
      <Card className="overflow-hidden">
        {data.events.length === 0 ? (
          <EmptyState icon={ZapIcon} title="No events yet">
            One is recorded whenever somebody signs up or logs in. <code className="font-mono">eventfork emit</code>{" "}
            records one by hand.
          </EmptyState>
        ) : (
          <ul className="divide-y">
            {data.events.map((row) => (
              <EventRow
                key={row.event.id}
                event={row.event}
                fates={row.fates.map(({ integration, status }) => ({
                  integration,
                  badge: <WhyBadge status={status} />,
                }))}
              />
            ))}
          </ul>
        )}
      </Card>
      <div className="flex flex-col gap-4">
        <Pager isFirst={cursor === null} next={data.next} onMove={(next) => setParams({ cursor: next })} />
        <LiveIndicator isFailing={isError} />
      </div>
    </div>
  );
}
