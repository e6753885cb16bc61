import type { Metadata } from "next";
import { Suspense } from "react";
import { ListSkeleton } from "@/components/admin/list-skeleton.tsx";
import { requireOperator } from "@/server/session.ts";
import { HydrateClient, prefetch, trpc } from "@/trpc/server.tsx";
import { SystemView } from "./system-view.tsx";

export const metadata: Metadata = { title: "System" };

export default async function SystemPage() {
  await requireOperator("/admin/system");
  prefetch(trpc.system.inspect.queryOptions());
  return (
    <HydrateClient>
      <Suspense fallback={<ListSkeleton title="System" />}>
        <SystemView />
      </Suspense>
    </HydrateClient>
  );
}
