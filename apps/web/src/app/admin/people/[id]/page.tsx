import type { Metadata } from "next";
import { Suspense } from "react";
import { ListSkeleton } from "@/components/admin/list-skeleton.tsx";
import { requireOperator } from "@/server/session.ts";
import { HydrateClient, loadOrNotFound, prefetch, trpc } from "@/trpc/server.tsx";
import { PersonView } from "./person-view.tsx";

export const metadata: Metadata = { title: "Person" };

export default async function PersonPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  await requireOperator(`/admin/people/${id}`);
  await loadOrNotFound(trpc.people.get.queryOptions({ userId: id }));
  prefetch(trpc.people.sessions.queryOptions({ userId: id }));
  prefetch(trpc.people.erasure.queryOptions({ userId: id }));
  return (
    <HydrateClient>
      <Suspense fallback={<ListSkeleton title="Person" />}>
        <PersonView id={id} />
      </Suspense>
    </HydrateClient>
  );
}
