"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { ZapIcon } from "lucide-react";
import Link from "next/link";
import { useQueryStates } from "nuqs";
import { Pager } from "@/components/admin/pager.tsx";
import { CopyId } from "@/components/copy-id.tsx";
import { EmptyState } from "@/components/empty-state.tsx";
import { IntegrationTitle } from "@/components/integration-title.tsx";
import { RelativeTime } from "@/components/relative-time.tsx";
import { deliveryLooks, StatusBadge } from "@/components/status-badge.tsx";
import { Badge } from "@/components/ui/badge.tsx";
import { Card } from "@/components/ui/card.tsx";
import { toInput } from "@/lib/list-params.ts";
import { useTRPC } from "@/trpc/client.tsx";
import { personParams } from "../search-params.ts";

/** Everything that was recorded about a person, and what became of it. */
export function PersonEvents({ id }: { id: string }) {
  const trpc = useTRPC();
  const [{ cursor }, setParams] = useQueryStates(personParams, { history: "push" });
  const { data } = useSuspenseQuery(trpc.people.events.queryOptions({ userId: id, ...toInput({ cursor }) }));
  const { events, next } = data;
  return (
    <div className="flex flex-col gap-4">
      <Card role="region" aria-label="Events" className="overflow-hidden">
        {events.length === 0 ? (
          <EmptyState icon={ZapIcon} title="No events">
            Nothing was recorded about this person, or it was kept for its time and is gone.
          </EmptyState>
        ) : (
          <ul className="divide-y">
            {events.map((event) => (
              <li
                key={event.id}
                className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 px-5 py-3 text-sm"
              >
                <div className="flex min-w-0 flex-col gap-0.5">
                  <span className="flex flex-wrap items-center gap-2">
                    <Link
                      href={`/admin/events/${event.id}`}
                      className="rounded-sm font-medium leading-6 underline-offset-4 hover:underline"
                    >
                      {event.type}
                    </Link>
                    {event.erasedAt !== null && <Badge>Blanked</Badge>}
                  </span>
                  <span className="flex items-center gap-3">
                    <CopyId id={event.id} />
                    <RelativeTime date={event.recordedAt} className="text-muted-foreground text-xs" />
                  </span>
                </div>
                <ul className="flex flex-wrap gap-x-4 gap-y-1.5">
                  {event.deliveries.map(({ integration, status }) => (
                    <li key={integration} className="flex items-center gap-1.5 text-xs">
                      <span className="text-muted-foreground">
                        <IntegrationTitle name={integration} />
                      </span>
                      <StatusBadge look={deliveryLooks[status]} />
                    </li>
                  ))}
                </ul>
              </li>
            ))}
          </ul>
        )}
      </Card>
      <Pager isFirst={cursor === null} next={next} onMove={(to) => setParams({ cursor: to })} />
    </div>
  );
}
