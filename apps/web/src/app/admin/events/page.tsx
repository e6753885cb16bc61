import type { Metadata } from "next";
import type { SearchParams } from "nuqs/server";
import { Suspense } from "react";
import { ListSkeleton } from "@/components/admin/list-skeleton.tsx";
import { requireOperator } from "@/server/session.ts";
import { HydrateClient, prefetch, trpc } from "@/trpc/server.tsx";
import { EventsView } from "./events-view.tsx";
import { findSearchProblem, loadEventsParams, serialiseEventsParams, toEventsInput } from "./search-params.ts";

export const metadata: Metadata = { title: "Events" };

export default async function EventsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const params = await loadEventsParams(searchParams);
  await requireOperator(serialiseEventsParams("/admin/events", params));
  if (findSearchProblem(params.search) === null) prefetch(trpc.events.list.queryOptions(toEventsInput(params)));
  return (
    <HydrateClient>
      <Suspense fallback={<ListSkeleton title="Events" />}>
        <EventsView />
      </Suspense>
    </HydrateClient>
  );
}
