import type { Metadata } from "next";
import type { SearchParams } from "nuqs/server";
import { Screen } from "@/components/layout/screen.tsx";
import { toInput } from "@/lib/search-params.ts";
import { requireOperator } from "@/server/session.ts";
import { prefetch, trpc } from "@/trpc/server.tsx";
import { loadPeopleParams, serialisePeopleParams } from "./search-params.ts";
import { PeopleView } from "./view.tsx";

export const metadata: Metadata = { title: "People" };

export default async function PeoplePage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const params = await loadPeopleParams(searchParams);
  await requireOperator(serialisePeopleParams("/admin/people", params));
  prefetch(trpc.people.list.queryOptions(toInput(params)));
  prefetch(trpc.people.signUps.queryOptions({ days: 30 }));
  return (
    <Screen title="People">
      <PeopleView />
    </Screen>
  );
}
