import type { Metadata } from "next";
import type { SearchParams } from "nuqs/server";
import { Suspense } from "react";
import { ListSkeleton } from "@/components/layout/screen.tsx";
import { loadRangeParams, serialiseRangeParams, toInput } from "@/lib/search-params.ts";
import { requireOperator } from "@/server/session.ts";
import { HydrateClient, prefetchShortly, trpc } from "@/trpc/server.tsx";
import { OverviewView } from "./overview/view.tsx";

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
