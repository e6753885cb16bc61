import type { Metadata } from "next";
import type { SearchParams } from "nuqs/server";
import { Screen } from "@/components/layout/screen.tsx";
import { toInput } from "@/lib/search-params.ts";
import { requireOperator } from "@/server/session.ts";
import { prefetch, trpc } from "@/trpc/server.tsx";
import {
  loadDeadLettersParams,
  serialiseDeadLettersParams,
  toDeadLetterFilter,
  toGroupsInput,
} from "./search-params.ts";
import { DeadLettersView } from "./view.tsx";

export const metadata: Metadata = { title: "Dead letters" };

export default async function DeadLettersPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const params = await loadDeadLettersParams(searchParams);
  await requireOperator(serialiseDeadLettersParams("/admin/dead-letters", params));
  prefetch(
    trpc.deadLetters.list.queryOptions({ ...toDeadLetterFilter(params), ...toInput({ cursor: params.cursor }) }),
  );
  if (params.group === null) prefetch(trpc.deadLetters.groups.queryOptions(toGroupsInput(params)));
  else prefetch(trpc.deadLetters.group.queryOptions({ fingerprint: params.group }));
  return (
    <Screen title="Dead letters">
      <DeadLettersView />
    </Screen>
  );
}
