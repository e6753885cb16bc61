import type { Metadata } from "next";
import { Suspense } from "react";
import { ListSkeleton } from "@/components/admin/list-skeleton.tsx";
import { requireOperator } from "@/server/session.ts";
import { HydrateClient, prefetch, trpc } from "@/trpc/server.tsx";
import { KeysView } from "./keys-view.tsx";

export const metadata: Metadata = { title: "Keys" };

export default async function KeysPage() {
  await requireOperator("/admin/keys");
  prefetch(trpc.apiKeys.list.queryOptions());
  return (
    <HydrateClient>
      <Suspense fallback={<ListSkeleton title="Keys" />}>
        <KeysView />
      </Suspense>
    </HydrateClient>
  );
}
