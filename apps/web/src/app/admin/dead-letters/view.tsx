"use client";

import type { DeadLetterItem } from "@eventfork/core/dead-letters";
import { formatNumber } from "@eventfork/core/platform/text/numbers";
import { useSuspenseQuery } from "@tanstack/react-query";
import { MailCheckIcon } from "lucide-react";
import Link from "next/link";
import { useQueryStates } from "nuqs";
import { useDeferredValue, useMemo } from "react";
import { useCanChange } from "@/components/layout/operator.tsx";
import { live, PageHeader } from "@/components/layout/page-layout.tsx";
import { DataList } from "@/components/table/data-list.tsx";
import type { Column } from "@/components/table/data-table.tsx";
import { IntegrationTitle } from "@/components/table/integration.tsx";
import { useRowSelection } from "@/components/table/selection-card.tsx";
import { CopyId } from "@/components/ui/copy-id.tsx";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import { deadLetterStatusStyles, StatusBadge } from "@/components/ui/status-badge.tsx";
import { useStableValue } from "@/lib/hooks.ts";
import { toInput } from "@/lib/search-params.ts";
import { useTRPC } from "@/trpc/client.tsx";
import { FailureGroups, OneFailureGroup } from "./failure-groups.tsx";
import { DeadLetterFilters } from "./filters.tsx";
import { deadLettersParams, toDeadLetterFilter } from "./search-params.ts";
import { DeadLetterSelectionBar } from "./selection-bar.tsx";

const naming = {
  keyOf: ({ id }: DeadLetterItem) => id,
  nameOf: ({ eventType, integration, id }: DeadLetterItem) => `${eventType ?? "a message"} for ${integration}, ${id}`,
};

export function DeadLettersView() {
  const trpc = useTRPC();
  const canChange = useCanChange();
  const [params, setParams] = useQueryStates(deadLettersParams, { history: "push" });
  const filter = useStableValue(toDeadLetterFilter(params));
  const filterText = JSON.stringify(filter);
  const input = useMemo(() => ({ ...filter, ...toInput({ cursor: params.cursor }) }), [filter, params.cursor]);
  const shownInput = useDeferredValue(input);
  const { data, isError } = useSuspenseQuery(live(trpc.deadLetters.list.queryOptions(shownInput)));
  const chosen = useRowSelection(filterText, naming);
  return (
    <div className="flex flex-col gap-8">
      <div className="flex flex-col gap-5">
        <PageHeader
          title="Dead letters"
          description="Failed deliveries by reason: why they failed, who is affected, and how to repair it."
        />
        {params.group === null ? <FailureGroups /> : <OneFailureGroup fingerprint={params.group} />}
      </div>
      <section aria-label="Every dead letter" className="flex flex-col gap-4">
        <h2 className="font-semibold">{params.group === null ? "One by one" : "With this cause"}</h2>
        <DeadLetterFilters />
        {canChange && data.deadLetters.length > 0 && (
          <DeadLetterSelectionBar
            filter={filter}
            chosen={chosen}
            isPageChosen={data.deadLetters.every(chosen.isChosen)}
          />
        )}
        <DataList
          rows={data.deadLetters}
          keyOf={({ id }) => id}
          columns={deadLetterColumns}
          selection={canChange ? chosen : undefined}
          empty={{
            icon: MailCheckIcon,
            title: "No dead letters",
            text: "Everything has been delivered so far. Events that a provider rejects will be here, each with its failure reason.",
          }}
          noFit={{
            title: "No matching dead letters",
            text: "No dead letter has these properties now.",
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

const deadLetterColumns: readonly Column<DeadLetterItem>[] = [
  { title: "Status", cell: ({ status }) => <StatusBadge style={deadLetterStatusStyles[status]} /> },
  {
    title: "Event",
    isMain: true,
    cell: ({ id, eventId, eventType }) => (
      <>
        <Link href={`/admin/dead-letters/${id}`} className="rounded-sm font-medium underline-offset-4 hover:underline">
          {eventType ?? "No readable event"}
        </Link>
        <p>
          <CopyId id={eventId ?? id} />
        </p>
      </>
    ),
  },
  { title: "Integration", from: "md", cell: ({ integration }) => <IntegrationTitle name={integration} /> },
  { title: "Reason", from: "lg", className: "max-w-md", cell: (deadLetter) => <Reason deadLetter={deadLetter} /> },
  {
    title: "Dead-lettered",
    from: "sm",
    align: "right",
    cell: (deadLetter) => <DeadLetteredAt deadLetter={deadLetter} />,
  },
];

function Reason({ deadLetter: { errorCode, reason } }: { deadLetter: DeadLetterItem }) {
  return (
    <p className="line-clamp-2 break-words text-muted-foreground" title={reason}>
      {errorCode !== null && <span className="mr-1.5 font-mono text-xs">{errorCode}</span>}
      {reason}
    </p>
  );
}

function DeadLetteredAt({
  deadLetter: { archivedAt, deadLetterCount, replays, isEdited },
}: {
  deadLetter: DeadLetterItem;
}) {
  const more = [
    deadLetterCount > 1 && `${formatNumber(deadLetterCount)} times`,
    replays > 0 && `replayed ${replays === 1 ? "once" : `${formatNumber(replays)} times`}`,
    isEdited && "edited",
  ].filter((part) => part !== false);
  return (
    <div className="text-muted-foreground">
      <RelativeTime date={archivedAt} className="whitespace-nowrap" />
      {more.length > 0 && <p className="text-xs">{more.join(", ")}</p>}
    </div>
  );
}
