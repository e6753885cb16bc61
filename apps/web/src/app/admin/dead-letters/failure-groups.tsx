"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { CircleCheckIcon } from "lucide-react";
import { useQueryStates } from "nuqs";
import { useDeferredValue } from "react";
import { BackLink, live } from "@/components/layout/page-layout.tsx";
import { Pager } from "@/components/table/pager.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/panels.tsx";
import { EmptyState } from "@/components/ui/states.tsx";
import { useStableValue } from "@/lib/hooks.ts";
import { useTRPC } from "@/trpc/client.tsx";
import { FailureGroupCard } from "./failure-group-card.tsx";
import { deadLettersParams, toGroupsInput } from "./search-params.ts";

export function FailureGroups() {
  const trpc = useTRPC();
  const [params, setParams] = useQueryStates(deadLettersParams, { history: "push" });
  const { causes, causesCursor } = params;
  const shownInput = useDeferredValue(useStableValue(toGroupsInput(params)));
  const { data } = useSuspenseQuery(live(trpc.deadLetters.groups.queryOptions(shownInput)));
  const isAll = causes === "all";
  return (
    <section aria-label="Causes" className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 className="font-semibold">By cause</h2>
        <Button
          variant="ghost"
          size="sm"
          className="text-muted-foreground"
          aria-pressed={isAll}
          onClick={() => setParams({ causes: isAll ? null : "all", causesCursor: null })}
        >
          {isAll ? "Show only causes with open ones" : "Show settled causes too"}
        </Button>
      </div>
      {data.groups.length === 0 && (
        <Card>
          <EmptyState icon={CircleCheckIcon} title={isAll ? "No causes" : "Nothing is open"}>
            {isAll ? "No dead letter is kept." : "No dead letter waits for somebody to decide."}
          </EmptyState>
        </Card>
      )}
      {data.groups.map((group) => (
        <FailureGroupCard key={`${group.integration} ${group.fingerprint}`} group={group} />
      ))}
      <Pager
        label="Pages of causes"
        isFirst={causesCursor === null}
        next={data.next}
        onMove={(next) => setParams({ causesCursor: next })}
      />
    </section>
  );
}

export function OneFailureGroup({ fingerprint }: { fingerprint: string }) {
  const trpc = useTRPC();
  const { data } = useSuspenseQuery(live(trpc.deadLetters.group.queryOptions({ fingerprint })));
  return (
    <section aria-label="Cause" className="flex flex-col gap-3">
      <BackLink href="/admin/dead-letters">All causes</BackLink>
      <FailureGroupCard group={data} isAlone />
    </section>
  );
}
