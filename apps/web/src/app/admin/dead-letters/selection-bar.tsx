"use client";

import type { DeadLetterItem, DeadLetterStatus } from "@eventfork/core/dead-letters";
import { formatNumber } from "@eventfork/core/platform/text/numbers";
import { useQuery } from "@tanstack/react-query";
import { DownloadIcon } from "lucide-react";
import { ReplayDialog } from "@/components/forms/replay-dialog.tsx";
import { type Chosen, SelectionCard, toExportQuery } from "@/components/table/selection-card.tsx";
import { Button } from "@/components/ui/button.tsx";
import { deadLetterStatusStyles } from "@/components/ui/status-badge.tsx";
import { pluralise } from "@/lib/format.ts";
import { useTRPC } from "@/trpc/client.tsx";
import { DeadLetterDiscardDialog, RestoreButton } from "./discard-dialog.tsx";
import type { DeadLetterSearchFilter } from "./search-params.ts";

type SelectionBarProps = { filter: DeadLetterSearchFilter; chosen: Chosen<DeadLetterItem>; isPageChosen: boolean };

type Counts = Readonly<Record<DeadLetterStatus, number>>;

const statuses = Object.keys(deadLetterStatusStyles) as DeadLetterStatus[];

/** The ids are in the URL, whose length is limited. */
const maximumExportedIds = 300;

export function DeadLetterSelectionBar({ filter, chosen, isPageChosen }: SelectionBarProps) {
  const trpc = useTRPC();
  const ids = [...chosen.rows.keys()];
  const all = useQuery({ ...trpc.deadLetters.count.queryOptions(filter), enabled: chosen.isAll });
  const counts = chosen.isAll ? all.data : countStatuses(chosen.rows.values());
  const title =
    counts === undefined
      ? (all.error?.message ?? "Counting what this filter finds…")
      : `${chosen.isAll ? "Everything that this filter finds: " : ""}${pluralise(sumOf(counts), "dead letter")} chosen`;
  return (
    <SelectionCard
      chosen={chosen}
      isPageChosen={isPageChosen}
      title={title}
      note={counts === undefined ? null : describeStatuses(counts)}
    >
      {counts !== undefined && (
        <Actions filter={filter} ids={chosen.isAll ? null : ids} counts={counts} onDone={chosen.clear} />
      )}
    </SelectionCard>
  );
}

type ActionsProps = {
  filter: DeadLetterSearchFilter;
  ids: readonly string[] | null;
  counts: Counts;
  onDone: () => void;
};

function Actions({ filter, ids, counts, onDone }: ActionsProps) {
  const selectionOf = (status: DeadLetterStatus) =>
    ids === null ? { filter: { ...filter, status } } : { ids: [...ids] };
  const exported = ids === null ? { ...filter } : { ids: ids.join(",") };
  const isExportable = ids === null || ids.length <= maximumExportedIds;
  return (
    <>
      {counts.open > 0 && (
        <ReplayDialog size="sm" selection={{ source: "dead_letters", ...selectionOf("open") }}>
          Replay {formatNumber(counts.open)}…
        </ReplayDialog>
      )}
      {counts.open > 0 && (
        <DeadLetterDiscardDialog selection={selectionOf("open")} count={counts.open} onDone={onDone} />
      )}
      {counts.discarded > 0 && (
        <RestoreButton selection={selectionOf("discarded")} count={counts.discarded} onDone={onDone} />
      )}
      {isExportable ? (
        <Button asChild variant="outline" size="sm">
          <a
            href={`/api/admin/dead-letters/export?${toExportQuery(exported)}`}
            download
            title="With personal data; the audit log says who took it"
          >
            <DownloadIcon aria-hidden />
            Export {formatNumber(sumOf(counts))}
          </a>
        </Button>
      ) : (
        <p className="max-w-56 self-center text-muted-foreground text-xs">
          To export more than {maximumExportedIds}, choose everything that a filter finds.
        </p>
      )}
    </>
  );
}

function countStatuses(chosen: Iterable<DeadLetterItem>): Counts {
  const counts = { open: 0, replaying: 0, resolved: 0, discarded: 0 };
  for (const { status } of chosen) counts[status] += 1;
  return counts;
}

function sumOf(counts: Counts): number {
  return statuses.reduce((sum, status) => sum + counts[status], 0);
}

function describeStatuses(counts: Counts): string {
  const some = statuses.filter((status) => counts[status] > 0);
  return some
    .map((status) => `${formatNumber(counts[status])} ${deadLetterStatusStyles[status].title.toLowerCase()}`)
    .join(", ");
}
