import type { Metadata } from "next";
import type { SearchParams } from "nuqs/server";
import { Screen } from "@/components/layout/screen.tsx";
import { toInput } from "@/lib/search-params.ts";
import { requireOperator } from "@/server/session.ts";
import { prefetch, trpc } from "@/trpc/server.tsx";
import { loadReplaysParams, serialiseReplaysParams } from "./search-params.ts";
import { ReplaysView } from "./view.tsx";

export const metadata: Metadata = { title: "Replays" };

export default async function ReplaysPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const params = await loadReplaysParams(searchParams);
  await requireOperator(serialiseReplaysParams("/admin/replays", params));
  prefetch(trpc.replays.list.queryOptions(toInput(params)));
  return (
    <Screen title="Replays">
      <ReplaysView />
    </Screen>
  );
}
