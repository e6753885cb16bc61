import type { Metadata } from "next";
import type { SearchParams } from "nuqs/server";
import { Screen } from "@/components/layout/screen.tsx";
import { toInput } from "@/lib/search-params.ts";
import { requireOperator } from "@/server/session.ts";
import { loadOrNotFound, prefetch, trpc } from "@/trpc/server.tsx";
import { loadPersonParams } from "../search-params.ts";
import { PersonView } from "./view.tsx";

export const metadata: Metadata = { title: "Person" };

type PersonPageProps = { params: Promise<{ id: string }>; searchParams: Promise<SearchParams> };

export default async function PersonPage({ params, searchParams }: PersonPageProps) {
  const { id } = await params;
  await requireOperator(`/admin/people/${id}`);
  await loadOrNotFound(trpc.people.get.queryOptions({ userId: id }));
  const { cursor } = await loadPersonParams(searchParams);
  prefetch(trpc.people.events.queryOptions({ userId: id, ...toInput({ cursor }) }));
  prefetch(trpc.people.sessions.queryOptions({ userId: id }));
  prefetch(trpc.people.erasure.queryOptions({ userId: id }));
  return (
    <Screen title="Person">
      <PersonView id={id} />
    </Screen>
  );
}
