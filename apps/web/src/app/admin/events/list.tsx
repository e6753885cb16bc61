"use client";

import type { EventPage, ListedEvent } from "@eventfork/core/history";
import { useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { ArrowUpIcon, PauseIcon, PlayIcon, ZapIcon } from "lucide-react";
import { type FocusEvent, useEffect, useEffectEvent, useRef, useState } from "react";
import { LiveIndicator, refreshEveryMs } from "@/components/layout/page-layout.tsx";
import { EventListItem } from "@/components/table/event-row.tsx";
import { Pager } from "@/components/table/pager.tsx";
import { Button } from "@/components/ui/button.tsx";
import { ExplainedStatusBadge } from "@/components/ui/outcomes.tsx";
import { Alert, Card } from "@/components/ui/panels.tsx";
import { EmptyState } from "@/components/ui/states.tsx";
import { pluralise } from "@/lib/format.ts";
import { cn } from "@/lib/utils.ts";
import { useTRPC, useTRPCClient } from "@/trpc/client.tsx";
import type { EventsInput } from "./search-params.ts";

type EventsListProps = {
  input: EventsInput;
  isFollowed: boolean;
  isFiltered: boolean;
  isStale: boolean;
  onClear: () => void;
  onMove: (cursor: string | null) => void;
};

const idOf = ({ event }: ListedEvent) => event.id;

export function EventsList({ input, isFollowed, isFiltered, isStale, onClear, onMove }: EventsListProps) {
  const { page, rows, hasGap, isFailing, reload } = useLiveEvents(input, { isFollowed });
  const [isPaused, setIsPaused] = useState(false);
  const { isReading, ...reader } = useReader();
  const isHeld = isFollowed && (isPaused || isReading);
  const { shown, waiting } = useFrozenRows(rows, idOf, isHeld);
  const isFirst = input.cursor === undefined;

  const reloadOnce = useEffectEvent(() => void reload());
  useEffect(() => {
    if (hasGap && !isHeld) reloadOnce();
  }, [hasGap, isHeld]);

  return (
    <>
      {!page.isComplete && (
        <Alert variant="warning">
          Some events cannot be searched yet: they are being indexed, oldest first. This list may be incomplete.
        </Alert>
      )}
      {isFollowed && (
        <div className="flex min-h-8 flex-wrap items-center gap-x-4 gap-y-2">
          <Button variant="outline" size="sm" onClick={() => setIsPaused(!isPaused)}>
            {isPaused ? <PlayIcon aria-hidden /> : <PauseIcon aria-hidden />}
            {isPaused ? "Go on" : "Pause"}
          </Button>
          {isPaused ? (
            <span className="text-muted-foreground text-xs">Paused</span>
          ) : (
            <LiveIndicator isFailing={isFailing} />
          )}
          <span role="status" className="text-sm">
            {waiting > 0 && (
              <span className="inline-flex items-center gap-1.5 font-medium">
                <ArrowUpIcon aria-hidden className="size-3.5" />
                {hasGap ? "Many new events" : pluralise(waiting, "new event")}
              </span>
            )}
          </span>
        </div>
      )}
      <Card className={cn("overflow-hidden transition-opacity", isStale && "opacity-60")}>
        {shown.length > 0 ? (
          <ul aria-label="Events" className="divide-y" {...reader}>
            {shown.map((row) => (
              <Row key={row.event.id} row={row} />
            ))}
          </ul>
        ) : isFiltered || !isFirst ? (
          <EmptyState icon={ZapIcon} title="No event fits">
            <p className="mb-3">
              A search finds whole values alone, whatever their case. Put a value with spaces in quotation marks:{" "}
              <code className="font-mono">name:"Ada Lovelace"</code>.
            </p>
            <Button variant="outline" size="sm" onClick={onClear}>
              Show all events
            </Button>
          </EmptyState>
        ) : (
          <EmptyState icon={ZapIcon} title="No events yet">
            One is recorded whenever somebody signs up or logs in. <code className="font-mono">eventfork emit</code>{" "}
            records one by hand.
          </EmptyState>
        )}
      </Card>
      <Pager isFirst={isFirst} next={page.next} onMove={onMove} />
    </>
  );
}

function Row({ row: { event, fates } }: { row: ListedEvent }) {
  return (
    <EventListItem
      event={event}
      note={
        event.email !== null && (
          <span dir="auto" className="max-w-60 truncate text-muted-foreground sm:max-w-80">
            {event.email}
          </span>
        )
      }
      fates={fates.map(({ integration, status }) => ({ integration, badge: <ExplainedStatusBadge status={status} /> }))}
    />
  );
}

function useReader() {
  const list = useRef<HTMLUListElement>(null);
  const [isPointed, setIsPointed] = useState(false);
  const [isFocused, setIsFocused] = useState(false);
  const [isScrolled, setIsScrolled] = useState(false);

  useEffect(() => {
    const updateScrolled = () => setIsScrolled((list.current?.getBoundingClientRect().top ?? 0) < 0);
    document.addEventListener("scroll", updateScrolled, { passive: true, capture: true });
    return () => document.removeEventListener("scroll", updateScrolled, { capture: true });
  }, []);

  return {
    ref: list,
    isReading: isPointed || isFocused || isScrolled,
    onPointerEnter: () => setIsPointed(true),
    onPointerLeave: () => setIsPointed(false),
    onFocus: () => setIsFocused(true),
    onBlur: ({ currentTarget, relatedTarget }: FocusEvent<HTMLUListElement>) =>
      setIsFocused(currentTarget.contains(relatedTarget)),
  };
}

function useFrozenRows<Row>(
  rows: readonly Row[],
  idOf: (row: Row) => string,
  isHeld: boolean,
): { shown: readonly Row[]; waiting: number } {
  const [held, setHeld] = useState<ReadonlySet<string> | null>(null);
  if (isHeld !== (held !== null)) setHeld(isHeld ? new Set(rows.map(idOf)) : null);
  if (!isHeld || held === null) return { shown: rows, waiting: 0 };
  const shown = rows.filter((row) => held.has(idOf(row)));
  return { shown, waiting: rows.length - shown.length };
}

const rowsAtMost = 300;

type Live = { rows: ListedEvent[]; after: string | null; hasGap: boolean };

const openFates: readonly string[] = ["waiting", "delivering", "retrying", "unpublished"];

const isOpen = ({ fates }: ListedEvent) => fates.some(({ status }) => openFates.includes(status));

function useLiveEvents(input: EventsInput, { isFollowed }: { isFollowed: boolean }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const options = trpc.events.list.queryOptions(input);
  const list = useSuspenseQuery({
    ...options,
    refetchInterval: input.cursor === undefined ? false : refreshEveryMs,
    refetchOnWindowFocus: !isFollowed,
  });
  const page: EventPage = list.data;
  const key = ["events", "live", options.queryKey, page.after, list.dataUpdatedAt];
  const live = useQuery<Live>({
    queryKey: key,
    queryFn: async () => {
      const known = queryClient.getQueryData<Live>(key) ?? toLive(page);
      const watched = known.rows.filter(isOpen).map(({ event }) => event.id);
      const { search, type } = input;
      const answer = await client.events.follow.query({
        search,
        type,
        after: known.after,
        watched: watched.slice(0, 200),
      });
      return merge(known, answer);
    },
    enabled: isFollowed,
    refetchInterval: refreshEveryMs,
    gcTime: 0,
  });
  const { rows, hasGap } = live.data ?? toLive(page);
  return {
    page,
    rows,
    hasGap,
    isFailing: list.isError || live.isError,
    reload: () => queryClient.invalidateQueries({ queryKey: options.queryKey }),
  };
}

function toLive({ events, after }: EventPage): Live {
  return { rows: events, after, hasGap: false };
}

function merge(known: Live, answer: Omit<Live, "rows"> & { events: ListedEvent[]; watched: ListedEvent[] }): Live {
  const fresh = new Map([...answer.events, ...answer.watched].map((row) => [row.event.id, row]));
  const kept = known.rows.map((row) => fresh.get(row.event.id) ?? row);
  const isKnown = new Set(kept.map(({ event }) => event.id));
  const added = answer.events.filter(({ event }) => !isKnown.has(event.id));
  const rows = [...added, ...kept].toSorted((a, b) => b.event.recordedAt.getTime() - a.event.recordedAt.getTime());
  return {
    rows: rows.slice(0, rowsAtMost),
    after: answer.after,
    hasGap: known.hasGap || answer.hasGap || rows.length > rowsAtMost,
  };
}
