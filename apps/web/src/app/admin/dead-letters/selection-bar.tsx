"use client";

import type { DeadLetterStatus } from "@eventfork/core/dead-letters";
import { useQuery } from "@tanstack/react-query";
import { DownloadIcon } from "lucide-react";
import { ReplayDialog } from "@/components/admin/replay/replay-dialog.tsx";
import { deadLetterLooks } from "@/components/status-badge.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/card.tsx";
import { pluralise } from "@/lib/say.ts";
import { useTRPC } from "@/trpc/client.tsx";
import { DiscardDialog } from "./discard-dialog.tsx";
import { RestoreButton } from "./restore-button.tsx";
import type { DeadLetterFilter } from "./search-params.ts";
import type { Chosen } from "./use-chosen.ts";

type SelectionBarProps = { filter: DeadLetterFilter; chosen: Chosen; isPageChosen: boolean };

type Counts = Readonly<Record<DeadLetterStatus, number>>;

const statuses = Object.keys(deadLetterLooks) as DeadLetterStatus[];

/** Ids to export stand in an address, which must not grow too long. */
const maximumExportedIds = 300;

/** How many are chosen, of which status, and what can be done with them. */
export function SelectionBar({ filter, chosen, isPageChosen }: SelectionBarProps) {
  const trpc = useTRPC();
  const ids = [...chosen.statuses.keys()];
  const all = useQuery({ ...trpc.deadLetters.count.queryOptions(filter), enabled: chosen.isAll });
  if (!chosen.isAll && ids.length === 0) {
    return (
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-muted-foreground text-sm">
        Choose some in the list, or
        <Button variant="outline" size="sm" onClick={chosen.chooseAll}>
          Choose everything that this filter finds
        </Button>
      </p>
    );
  }
  const counts = chosen.isAll ? all.data : countStatuses(chosen.statuses);
  return (
    <Card
      role="region"
      aria-label="What is chosen"
      className="sticky top-2 z-10 flex flex-wrap items-center justify-between gap-x-4 gap-y-3 px-4 py-3 shadow-sm"
    >
      <div className="min-w-0 text-sm">
        <p aria-live="polite" className="font-medium">
          {counts === undefined
            ? (all.error?.message ?? "Counting what this filter finds…")
            : `${chosen.isAll ? "Everything that this filter finds: " : ""}${pluralise(sumOf(counts), "dead letter")} chosen`}
        </p>
        {counts !== undefined && <p className="text-muted-foreground text-xs">{sayStatuses(counts)}</p>}
        <p className="flex flex-wrap gap-x-3 text-xs">
          {!chosen.isAll && isPageChosen && (
            <button type="button" className="rounded-sm underline underline-offset-4" onClick={chosen.chooseAll}>
              Choose everything that this filter finds
            </button>
          )}
          <button type="button" className="rounded-sm underline underline-offset-4" onClick={chosen.clear}>
            Choose nothing
          </button>
        </p>
      </div>
      {counts !== undefined && (
        <Actions filter={filter} ids={chosen.isAll ? null : ids} counts={counts} onDone={chosen.clear} />
      )}
    </Card>
  );
}

type ActionsProps = { filter: DeadLetterFilter; ids: readonly string[] | null; counts: Counts; onDone: () => void };

function Actions({ filter, ids, counts, onDone }: ActionsProps) {
  const selectionOf = (status: DeadLetterStatus) =>
    ids === null ? { filter: { ...filter, status } } : { ids: [...ids] };
  const isExportable = ids === null || ids.length <= maximumExportedIds;
  return (
    <div className="flex flex-wrap gap-2">
      {counts.open > 0 && (
        <ReplayDialog size="sm" selection={{ source: "dead_letters", ...selectionOf("open") }}>
          Replay {counts.open.toLocaleString("en")}…
        </ReplayDialog>
      )}
      {counts.open > 0 && <DiscardDialog selection={selectionOf("open")} count={counts.open} onDone={onDone} />}
      {counts.discarded > 0 && (
        <RestoreButton selection={selectionOf("discarded")} count={counts.discarded} onDone={onDone} />
      )}
      {isExportable ? (
        <Button asChild variant="outline" size="sm">
          <a href={toExportAddress(filter, ids)} download title="With personal data; the audit log says who took it">
            <DownloadIcon aria-hidden />
            Export {sumOf(counts).toLocaleString("en")}
          </a>
        </Button>
      ) : (
        <p className="max-w-56 self-center text-muted-foreground text-xs">
          To export more than {maximumExportedIds}, choose everything that a filter finds.
        </p>
      )}
    </div>
  );
}

function toExportAddress(filter: DeadLetterFilter, ids: readonly string[] | null): string {
  const entries = ids === null ? Object.entries(filter ?? {}) : [["ids", ids.join(",")] as const];
  const query = entries.map(([name, value]) => [name, value instanceof Date ? value.toISOString() : String(value)]);
  return `/api/admin/dead-letters/export?${new URLSearchParams(query)}`;
}

function countStatuses(chosen: ReadonlyMap<string, DeadLetterStatus>): Counts {
  const counts = { open: 0, replaying: 0, resolved: 0, discarded: 0 };
  for (const status of chosen.values()) counts[status] += 1;
  return counts;
}

function sumOf(counts: Counts): number {
  return statuses.reduce((sum, status) => sum + counts[status], 0);
}

function sayStatuses(counts: Counts): string {
  const some = statuses.filter((status) => counts[status] > 0);
  return some
    .map((status) => `${counts[status].toLocaleString("en")} ${deadLetterLooks[status].title.toLowerCase()}`)
    .join(", ");
}
