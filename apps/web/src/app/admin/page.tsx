import type { Metadata } from "next";
import type { SearchParams } from "nuqs/server";
import { Suspense } from "react";
import { loadRangeParams, serialiseRangeParams } from "@/components/admin/range/range-params.ts";
import { ListSkeleton } from "@/components/admin/screen.tsx";
import { toInput } from "@/lib/list-params.ts";
import { requireOperator } from "@/server/session.ts";
import { HydrateClient, prefetchShortly, trpc } from "@/trpc/server.tsx";
import { OverviewView } from "./overview/overview-view.tsx";

export const metadata: Metadata = { title: "Overview" };

export default async function OverviewPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const params = await loadRangeParams(searchParams);
  await requireOperator(serialiseRangeParams("/admin", params));
  const isWhole = await prefetchShortly(trpc.overview.read.queryOptions(toInput(params)));
  return (
    <HydrateClient>
      {isWhole ? (
        <OverviewView />
      ) : (
        <Suspense fallback={<ListSkeleton title="Overview" />}>
          <OverviewView />
        </Suspense>
      )}
    </HydrateClient>
  );
}
