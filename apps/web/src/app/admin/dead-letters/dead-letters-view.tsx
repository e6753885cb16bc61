"use client";

import { integrations } from "@eventfork/core/topology";
import { useSuspenseQueries } from "@tanstack/react-query";
import { MailCheckIcon } from "lucide-react";
import { useQueryStates } from "nuqs";
import { useDeferredValue, useMemo } from "react";
import { FilterSelect } from "@/components/admin/filter-select.tsx";
import { LiveIndicator } from "@/components/admin/live-indicator.tsx";
import { PageHeader } from "@/components/admin/page-header.tsx";
import { Pager } from "@/components/admin/pager.tsx";
import { EmptyState } from "@/components/empty-state.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/card.tsx";
import { integrationOptions, toInput } from "@/lib/list-params.ts";
import { refreshEveryMs } from "@/lib/refresh.ts";
import { cn } from "@/lib/utils.ts";
import { useTRPC } from "@/trpc/client.tsx";
import { DeadLettersTable } from "./dead-letters-table.tsx";
import { ReplayDialog } from "./replay-dialog.tsx";
import { deadLetterStatusOptions, deadLettersParams } from "./search-params.ts";

export function DeadLettersView() {
  const trpc = useTRPC();
  const [{ integration, status, cursor }, setParams] = useQueryStates(deadLettersParams, { history: "push" });
  const input = useMemo(() => toInput({ integration, status, cursor }), [integration, status, cursor]);
  const shownInput = useDeferredValue(input);
  const [list, open] = useSuspenseQueries({
    queries: [
      { ...trpc.deadLetters.list.queryOptions(shownInput), refetchInterval: refreshEveryMs },
      {
        ...trpc.deadLetters.countOpen.queryOptions(toInput({ integration: shownInput.integration ?? null })),
        refetchInterval: refreshEveryMs,
      },
    ],
  });
  const isFiltered = integration !== null || status !== null || cursor !== null;
  const clear = () => setParams({ integration: null, status: null, cursor: null });
  return (
    <div className="flex flex-col gap-5">
      <PageHeader title="Dead letters" description="What could not be delivered, kept with its reason.">
        <FilterSelect
          label="Integration"
          all="All integrations"
          value={integration}
          options={integrationOptions}
          onChange={(value) => setParams({ integration: value, cursor: null })}
        />
        <FilterSelect
          label="Status"
          all="Any status"
          value={status}
          options={deadLetterStatusOptions}
          onChange={(value) => setParams({ status: value, cursor: null })}
        />
        {open.data > 0 && (
          <ReplayDialog
            count={open.data}
            whose={integration === null ? "its own integration" : integrations[integration].title}
            request={{ all: true, ...(integration !== null && { integration }) }}
          >
            Replay all open ({open.data.toLocaleString("en")})
          </ReplayDialog>
        )}
      </PageHeader>
      <Card className={cn("overflow-hidden transition-opacity", shownInput !== input && "opacity-60")}>
        {list.data.deadLetters.length > 0 ? (
          <DeadLettersTable deadLetters={list.data.deadLetters} />
        ) : isFiltered ? (
          <EmptyState icon={MailCheckIcon} title="No dead letter fits">
            <p className="mb-3">Nothing has this integration and this status now.</p>
            <Button variant="outline" size="sm" onClick={clear}>
              Show all dead letters
            </Button>
          </EmptyState>
        ) : (
          <EmptyState icon={MailCheckIcon} title="No dead letters">
            Everything has been delivered so far. What a third party refuses for good will be here, with its reason.
          </EmptyState>
        )}
      </Card>
      <div className="flex flex-col gap-4">
        <Pager isFirst={cursor === null} next={list.data.next} onMove={(next) => setParams({ cursor: next })} />
        <LiveIndicator isFailing={list.isError || open.isError} />
      </div>
    </div>
  );
}
