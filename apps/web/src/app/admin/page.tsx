import type { Metadata } from "next";
import { Suspense } from "react";
import { ListSkeleton } from "@/components/admin/list-skeleton.tsx";
import { requireOperator } from "@/server/session.ts";
import { HydrateClient, prefetch, trpc } from "@/trpc/server.tsx";
import { OverviewView } from "./overview-view.tsx";

export const metadata: Metadata = { title: "Overview" };

export default async function OverviewPage() {
  await requireOperator("/admin");
  prefetch(trpc.integrations.list.queryOptions());
  prefetch(trpc.outbox.measure.queryOptions());
  return (
    <HydrateClient>
      <Suspense fallback={<ListSkeleton title="Overview" />}>
        <OverviewView />
      </Suspense>
    </HydrateClient>
  );
}
