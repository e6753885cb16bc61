"use client";

import { formatNumber } from "@eventfork/core/platform/text/numbers";
import type { Replay } from "@eventfork/core/replays";
import { useSuspenseQuery } from "@tanstack/react-query";
import { HistoryIcon, RotateCwIcon } from "lucide-react";
import Link from "next/link";
import { useQueryStates } from "nuqs";
import { useDeferredValue, useMemo } from "react";
import { ProgressBar } from "@/components/charts/progress-bar.tsx";
import { FilterSelect } from "@/components/forms/filter-fields.tsx";
import { useCanChange } from "@/components/layout/operator.tsx";
import { live, PageHeader } from "@/components/layout/page-layout.tsx";
import { DataList } from "@/components/table/data-list.tsx";
import type { Column } from "@/components/table/data-table.tsx";
import { Button } from "@/components/ui/button.tsx";
import { CopyId } from "@/components/ui/copy-id.tsx";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import { replayStatusStyles, StatusBadge } from "@/components/ui/status-badge.tsx";
import { toInput } from "@/lib/search-params.ts";
import { useTRPC } from "@/trpc/client.tsx";
import { replaySourceOptions, replayStateOptions, replaysParams, sourceTitles } from "./search-params.ts";

const columns: readonly Column<Replay>[] = [
  {
    title: "Replay",
    isMain: true,
    cell: ({ id, title }) => (
      <>
        <Link
          href={`/admin/replays/${id}`}
          className="block w-fit rounded-sm font-medium underline-offset-4 hover:underline"
        >
          {title}
        </Link>
        <CopyId id={id} />
      </>
    ),
  },
  { title: "State", from: "sm", cell: ({ state }) => <StatusBadge style={replayStatusStyles[state]} /> },
  {
    title: "Progress",
    className: "w-48 min-w-32 max-sm:min-w-24",
    cell: ({ figures }) => (
      <div className="flex flex-col gap-1.5 pt-1.5">
        <ProgressBar figures={figures} />
        <p className="text-muted-foreground text-xs tabular-nums">
          {formatNumber(figures.delivered)} of {formatNumber(figures.total)} delivered
        </p>
      </div>
    ),
  },
  {
    title: "Source",
    from: "lg",
    cell: ({ source }) => <span className="text-muted-foreground">{sourceTitles[source]}</span>,
  },
  {
    title: "Started",
    from: "md",
    align: "right",
    cell: ({ createdAt, createdBy }) => (
      <div className="text-muted-foreground">
        <RelativeTime date={createdAt} className="whitespace-nowrap" />
        <p className="break-all text-xs">by {createdBy}</p>
      </div>
    ),
  },
];

export function ReplaysView() {
  const trpc = useTRPC();
  const canChange = useCanChange();
  const [{ state, source, cursor }, setParams] = useQueryStates(replaysParams, { history: "push" });
  const input = useMemo(() => toInput({ state, source, cursor }), [state, source, cursor]);
  const shownInput = useDeferredValue(input);
  const { data, isError } = useSuspenseQuery(live(trpc.replays.list.queryOptions(shownInput)));
  return (
    <div className="flex flex-col gap-5">
      <PageHeader title="Replays" description="Messages that were sent again, or late, and their outcome.">
        <FilterSelect
          label="State"
          all="Any state"
          value={state}
          options={replayStateOptions}
          onChange={(value) => setParams({ state: value, cursor: null })}
        />
        <FilterSelect
          label="Source"
          all="Any source"
          value={source}
          options={replaySourceOptions}
          onChange={(value) => setParams({ source: value, cursor: null })}
        />
        {canChange && (
          <Button asChild variant="outline">
            <Link href="/admin/replays/backfill">
              <HistoryIcon aria-hidden />
              Backfill…
            </Link>
          </Button>
        )}
      </PageHeader>
      <DataList
        rows={data.replays}
        keyOf={({ id }) => id}
        columns={columns}
        empty={{
          icon: RotateCwIcon,
          title: "No replays yet",
          text: (
            <>
              One begins when{" "}
              <Link href="/admin/dead-letters" className="underline underline-offset-4">
                dead letters
              </Link>{" "}
              are replayed, or past events are sent to an integration that never had them.
            </>
          ),
        }}
        noFit={{
          title: "No replay fits",
          text: "None has this state and this source now.",
          showAll: "Show all replays",
        }}
        isFiltered={state !== null || source !== null}
        onClear={() => setParams(null)}
        isStale={shownInput !== input}
        isFailing={isError}
        isFirst={cursor === null}
        next={data.next}
        onMove={(next) => setParams({ cursor: next })}
      />
    </div>
  );
}
