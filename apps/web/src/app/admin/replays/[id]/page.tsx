import type { Metadata } from "next";
import type { SearchParams } from "nuqs/server";
import { Suspense } from "react";
import { ListSkeleton } from "@/components/admin/list-skeleton.tsx";
import { toInput } from "@/lib/list-params.ts";
import { requireOperator } from "@/server/session.ts";
import { HydrateClient, loadOrNotFound, prefetch, trpc } from "@/trpc/server.tsx";
import { loadReplayItemsParams, serialiseReplayItemsParams } from "../search-params.ts";
import { ReplayView } from "./replay-view.tsx";

export const metadata: Metadata = { title: "Replay" };

type ReplayPageProps = { params: Promise<{ id: string }>; searchParams: Promise<SearchParams> };

export default async function ReplayPage({ params, searchParams }: ReplayPageProps) {
  const { id } = await params;
  const shown = await loadReplayItemsParams(searchParams);
  await requireOperator(serialiseReplayItemsParams(`/admin/replays/${id}`, shown));
  prefetch(trpc.replays.items.queryOptions({ id, ...toInput(shown) }));
  await loadOrNotFound(trpc.replays.get.queryOptions({ id }));
  return (
    <HydrateClient>
      <Suspense fallback={<ListSkeleton title="Replay" />}>
        <ReplayView id={id} />
      </Suspense>
    </HydrateClient>
  );
}
