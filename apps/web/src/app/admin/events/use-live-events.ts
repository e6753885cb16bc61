import type { EventPage, ListedEvent } from "@eventfork/core/event-log";
import { useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { refreshEveryMs } from "@/lib/refresh.ts";
import { useTRPC, useTRPCClient } from "@/trpc/client.tsx";
import type { EventsInput } from "./search-params.ts";

/** With more rows than this, the list is read again from the first page. */
const rowsAtMost = 300;

type Live = { rows: ListedEvent[]; after: string | null; hasGap: boolean };

const openFates: readonly string[] = ["waiting", "delivering", "retrying", "unpublished"];

const isOpen = ({ fates }: ListedEvent) => fates.some(({ status }) => openFates.includes(status));

/** `hasGap`: more events came than can be merged one by one, so `reload` the list. A hidden tab asks for nothing. */
export function useLiveEvents(input: EventsInput, { isFollowed }: { isFollowed: boolean }) {
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
