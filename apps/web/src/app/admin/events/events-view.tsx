"use client";

import type { ExplainedEvent } from "@eventfork/core/rules";
import { integrations } from "@eventfork/core/topology";
import { useSuspenseQuery } from "@tanstack/react-query";
import { ZapIcon } from "lucide-react";
import Link from "next/link";
import { useQueryStates } from "nuqs";
import { LiveIndicator } from "@/components/admin/live-indicator.tsx";
import { PageHeader } from "@/components/admin/page-header.tsx";
import { Pager } from "@/components/admin/pager.tsx";
import { WhyBadge } from "@/components/admin/why-badge.tsx";
import { CopyId } from "@/components/copy-id.tsx";
import { EmptyState } from "@/components/empty-state.tsx";
import { RelativeTime } from "@/components/relative-time.tsx";
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
              <EventRow key={row.event.id} row={row} />
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

function EventRow({ row: { event, integrations: whys } }: { row: ExplainedEvent }) {
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 px-5 py-3 text-sm">
      <div className="flex min-w-0 flex-col gap-0.5">
        <Link
          href={`/admin/events/${event.id}`}
          className="rounded-sm font-medium leading-6 underline-offset-4 hover:underline"
        >
          {event.type}
        </Link>
        <span className="flex items-center gap-3">
          <CopyId id={event.id} />
          <RelativeTime date={event.recordedAt} className="text-muted-foreground text-xs" />
        </span>
      </div>
      <ul className="flex flex-wrap gap-x-4 gap-y-1.5">
        {whys.map(({ integration, status }) => (
          <li key={integration} className="flex items-center gap-1.5 text-xs">
            <span className="text-muted-foreground">{integrations[integration].title}</span>
            <WhyBadge status={status} />
          </li>
        ))}
      </ul>
    </li>
  );
}
