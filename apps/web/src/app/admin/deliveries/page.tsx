import type { Metadata } from "next";
import type { SearchParams } from "nuqs/server";
import { Screen } from "@/components/layout/screen.tsx";
import { requireOperator } from "@/server/session.ts";
import { prefetch, trpc } from "@/trpc/server.tsx";
import { loadDeliveriesParams, parseKey, serialiseDeliveriesParams, toListInput } from "./search-params.ts";
import { DeliveriesView } from "./view.tsx";

export const metadata: Metadata = { title: "Deliveries" };

export default async function DeliveriesPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const params = await loadDeliveriesParams(searchParams);
  await requireOperator(serialiseDeliveriesParams("/admin/deliveries", params));
  const key = parseKey(params.delivery);
  prefetch(trpc.deliveries.list.queryOptions(toListInput(params)));
  if (key !== null) prefetch(trpc.deliveries.get.queryOptions(key));
  return (
    <Screen title="Deliveries">
      <DeliveriesView />
    </Screen>
  );
}
