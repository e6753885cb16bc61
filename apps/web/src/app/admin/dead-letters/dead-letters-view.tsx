"use client";

import type { DeadLetterItem } from "@eventfork/core/dead-letters";
import { useSuspenseQuery } from "@tanstack/react-query";
import { MailCheckIcon } from "lucide-react";
import { useQueryStates } from "nuqs";
import { useDeferredValue, useMemo } from "react";
import { DataList } from "@/components/admin/data-list.tsx";
import { useCanChange } from "@/components/admin/operator.tsx";
import { PageHeader } from "@/components/admin/page-header.tsx";
import { useChosen } from "@/components/admin/use-chosen.ts";
import { useStable } from "@/hooks/use-stable.ts";
import { toInput } from "@/lib/list-params.ts";
import { refreshEveryMs } from "@/lib/refresh.ts";
import { useTRPC } from "@/trpc/client.tsx";
import { Causes, OneCause } from "./causes.tsx";
import { deadLetterColumns } from "./dead-letter-columns.tsx";
import { DeadLetterFilters } from "./dead-letter-filters.tsx";
import { deadLettersParams, toFilter } from "./search-params.ts";
import { SelectionBar } from "./selection-bar.tsx";

const naming = {
  keyOf: ({ id }: DeadLetterItem) => id,
  nameOf: ({ eventType, integration, id }: DeadLetterItem) => `${eventType ?? "a message"} for ${integration}, ${id}`,
};

export function DeadLettersView() {
  const trpc = useTRPC();
  const canChange = useCanChange();
  const [params, setParams] = useQueryStates(deadLettersParams, { history: "push" });
  const filter = useStable(toFilter(params));
  const filterText = JSON.stringify(filter);
  const input = useMemo(() => ({ ...filter, ...toInput({ cursor: params.cursor }) }), [filter, params.cursor]);
  const shownInput = useDeferredValue(input);
  const { data, isError } = useSuspenseQuery({
    ...trpc.deadLetters.list.queryOptions(shownInput),
    refetchInterval: refreshEveryMs,
  });
  const chosen = useChosen(filterText, naming);
  return (
    <div className="flex flex-col gap-8">
      <div className="flex flex-col gap-5">
        <PageHeader
          title="Dead letters"
          description="What could not be delivered, by its cause: why, whom it touches, and what to do."
        />
        {params.group === null ? <Causes /> : <OneCause fingerprint={params.group} />}
      </div>
      <section aria-label="Every dead letter" className="flex flex-col gap-4">
        <h2 className="font-semibold">{params.group === null ? "One by one" : "With this cause"}</h2>
        <DeadLetterFilters />
        {canChange && data.deadLetters.length > 0 && (
          <SelectionBar filter={filter} chosen={chosen} isPageChosen={data.deadLetters.every(chosen.isChosen)} />
        )}
        <DataList
          rows={data.deadLetters}
          keyOf={({ id }) => id}
          columns={deadLetterColumns}
          selection={canChange ? chosen : undefined}
          empty={{
            icon: MailCheckIcon,
            title: "No dead letters",
            text: "Everything has been delivered so far. What a third party refuses for good will be here, with its reason.",
          }}
          noFit={{
            title: "No dead letter fits",
            text: "Nothing is like that now.",
            showAll: "Show all dead letters",
          }}
          isFiltered={filterText !== "{}"}
          onClear={() => setParams(null)}
          isStale={shownInput !== input}
          isFailing={isError}
          isFirst={params.cursor === null}
          next={data.next}
          onMove={(next) => setParams({ cursor: next })}
        />
      </section>
    </div>
  );
}
