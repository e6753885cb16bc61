"use client";

import type { ReplayItem } from "@eventfork/core/replays";
import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { ListIcon } from "lucide-react";
import Link from "next/link";
import { useQueryStates } from "nuqs";
import { useDeferredValue, useEffect, useMemo } from "react";
import { FilterSelect } from "@/components/forms/filter-fields.tsx";
import { refreshEveryMs } from "@/components/layout/page-layout.tsx";
import { DataList } from "@/components/table/data-list.tsx";
import { type Column, timeColumn } from "@/components/table/data-table.tsx";
import { IntegrationTitle } from "@/components/table/integration.tsx";
import { CopyId } from "@/components/ui/copy-id.tsx";
import { replayItemStatusStyles, StatusBadge } from "@/components/ui/status-badge.tsx";
import { toInput } from "@/lib/search-params.ts";
import { useTRPC } from "@/trpc/client.tsx";
import { replayItemStateOptions, replayItemsParams } from "../search-params.ts";

const linkClass = "rounded-sm underline underline-offset-4";

const columns: readonly Column<ReplayItem>[] = [
  { title: "State", cell: ({ state }) => <StatusBadge style={replayItemStatusStyles[state]} /> },
  {
    title: "Message",
    isMain: true,
    cell: ({ eventId, deadLetterId }) => (
      <p className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
        <CopyId id={eventId} />
        <Link href={`/admin/events/${eventId}`} className={linkClass}>
          Event
        </Link>
        {deadLetterId !== null && (
          <Link href={`/admin/dead-letters/${deadLetterId}`} className={linkClass}>
            Dead letter
          </Link>
        )}
      </p>
    ),
  },
  { title: "Integration", from: "md", cell: ({ integration }) => <IntegrationTitle name={integration} /> },
  {
    title: "Why",
    from: "lg",
    className: "max-w-sm",
    cell: ({ note }) => (note === null ? null : <p className="break-words text-muted-foreground">{note}</p>),
  },
  timeColumn("When", ({ endedAt, sendingAt }) => endedAt ?? sendingAt),
];

type ReplayItemsProps = { id: string; isMoving: boolean; isFailing: boolean };

export function ReplayItems({ id, isMoving, isFailing }: ReplayItemsProps) {
  const trpc = useTRPC();
  const [{ state, cursor }, setParams] = useQueryStates(replayItemsParams, { history: "push" });
  const input = useMemo(() => ({ id, ...toInput({ state, cursor }) }), [id, state, cursor]);
  const shownInput = useDeferredValue(input);
  const { data, isError } = useSuspenseQuery({
    ...trpc.replays.items.queryOptions(shownInput),
    refetchInterval: isMoving ? refreshEveryMs : false,
  });
  const queryClient = useQueryClient();
  // Items may have changed after the last read of a replay that ended.
  useEffect(() => {
    if (!isMoving) void queryClient.invalidateQueries(trpc.replays.items.pathFilter());
  }, [isMoving, queryClient, trpc]);
  return (
    <section aria-label="Messages" className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 className="font-semibold">Messages</h2>
        <FilterSelect
          label="State of the messages"
          all="Any state"
          value={state}
          options={replayItemStateOptions}
          onChange={(value) => setParams({ state: value, cursor: null })}
        />
      </div>
      <DataList
        rows={data.items}
        keyOf={({ seq }) => String(seq)}
        columns={columns}
        empty={{ icon: ListIcon, title: "Nothing yet", text: "Selecting the messages to send." }}
        noFit={{
          title: "No message fits",
          text: "None of this replay has this state now.",
          showAll: "Show all messages",
        }}
        isFiltered={state !== null}
        onClear={() => setParams(null)}
        isStale={shownInput !== input}
        isFailing={isError || isFailing}
        isLive={isMoving}
        isFirst={cursor === null}
        next={data.next}
        onMove={(next) => setParams({ cursor: next })}
        order="sequence"
      />
    </section>
  );
}
