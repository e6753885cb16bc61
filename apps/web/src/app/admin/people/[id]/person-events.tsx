"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { ZapIcon } from "lucide-react";
import { useQueryStates } from "nuqs";
import { EventRow } from "@/components/admin/event-row.tsx";
import { Pager } from "@/components/admin/pager.tsx";
import { EmptyState } from "@/components/empty-state.tsx";
import { deliveryLooks, StatusBadge } from "@/components/status-badge.tsx";
import { Badge } from "@/components/ui/badge.tsx";
import { Card } from "@/components/ui/card.tsx";
import { toInput } from "@/lib/list-params.ts";
import { useTRPC } from "@/trpc/client.tsx";
import { personParams } from "../search-params.ts";

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
            {events.map(({ deliveries, erasedAt, ...event }) => (
              <EventRow
                key={event.id}
                event={event}
                note={erasedAt !== null && <Badge>Blanked</Badge>}
                fates={deliveries.map(({ integration, status }) => ({
                  integration,
                  badge: <StatusBadge look={deliveryLooks[status]} />,
                }))}
              />
            ))}
          </ul>
        )}
      </Card>
      <Pager isFirst={cursor === null} next={next} onMove={(to) => setParams({ cursor: to })} />
    </div>
  );
}
