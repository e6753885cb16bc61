import { requiredNames } from "@eventfork/core/topology";
import type { Metadata } from "next";
import { Suspense } from "react";
import { ListSkeleton } from "@/components/admin/list-skeleton.tsx";
import { requireOperator } from "@/server/session.ts";
import { HydrateClient, prefetch, trpc } from "@/trpc/server.tsx";
import { IntegrationsView } from "./integrations-view.tsx";

export const metadata: Metadata = { title: "Integrations" };

export default async function IntegrationsPage() {
  await requireOperator("/admin/integrations");
  prefetch(trpc.integrations.list.queryOptions());
  prefetch(trpc.integrations.available.queryOptions());
  for (const integration of requiredNames) prefetch(trpc.integrations.get.queryOptions({ integration }));
  return (
    <HydrateClient>
      <Suspense fallback={<ListSkeleton title="Integrations" />}>
        <IntegrationsView />
      </Suspense>
    </HydrateClient>
  );
}
