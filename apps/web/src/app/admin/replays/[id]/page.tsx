import type { Metadata } from "next";
import type { SearchParams } from "nuqs/server";
import { Screen } from "@/components/layout/screen.tsx";
import { toInput } from "@/lib/search-params.ts";
import { requireOperator } from "@/server/session.ts";
import { loadOrNotFound, prefetch, trpc } from "@/trpc/server.tsx";
import { loadReplayItemsParams, serialiseReplayItemsParams } from "../search-params.ts";
import { ReplayView } from "./view.tsx";

export const metadata: Metadata = { title: "Replay" };

type ReplayPageProps = { params: Promise<{ id: string }>; searchParams: Promise<SearchParams> };

export default async function ReplayPage({ params, searchParams }: ReplayPageProps) {
  const { id } = await params;
  const shown = await loadReplayItemsParams(searchParams);
  await requireOperator(serialiseReplayItemsParams(`/admin/replays/${id}`, shown));
  prefetch(trpc.replays.items.queryOptions({ id, ...toInput(shown) }));
  await loadOrNotFound(trpc.replays.get.queryOptions({ id }));
  return (
    <Screen title="Replay">
      <ReplayView id={id} />
    </Screen>
  );
}
