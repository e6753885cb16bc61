import type { Metadata } from "next";
import type { SearchParams } from "nuqs/server";
import { Screen } from "@/components/layout/screen.tsx";
import { requireOperator } from "@/server/session.ts";
import { prefetch, trpc } from "@/trpc/server.tsx";
import { findSearchProblem, loadEventsParams, serialiseEventsParams, toEventsInput } from "./search-params.ts";
import { EventsView } from "./view.tsx";

export const metadata: Metadata = { title: "Events" };

export default async function EventsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const params = await loadEventsParams(searchParams);
  await requireOperator(serialiseEventsParams("/admin/events", params));
  if (findSearchProblem(params.search) === null) prefetch(trpc.events.list.queryOptions(toEventsInput(params)));
  return (
    <Screen title="Events">
      <EventsView />
    </Screen>
  );
}
