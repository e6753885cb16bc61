"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { ScrollTextIcon } from "lucide-react";
import { useQueryStates } from "nuqs";
import { useDeferredValue, useMemo } from "react";
import { FilterSelect } from "@/components/admin/filter-select.tsx";
import { PageHeader } from "@/components/admin/page-header.tsx";
import { Pager } from "@/components/admin/pager.tsx";
import { SearchField } from "@/components/admin/search-field.tsx";
import { EmptyState } from "@/components/empty-state.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/card.tsx";
import { Input } from "@/components/ui/input.tsx";
import { cn } from "@/lib/utils.ts";
import { useTRPC } from "@/trpc/client.tsx";
import { AuditEntry } from "./audit-entry.tsx";
import { auditParams, toAuditInput } from "./search-params.ts";

const nothing = { actor: null, action: null, target: null, from: null, to: null, cursor: null };

export function AuditView() {
  const trpc = useTRPC();
  const [params, setParams] = useQueryStates(auditParams, { history: "push" });
  const { actor, action, target, from, to, cursor } = params;
  const input = useMemo(
    () => toAuditInput({ actor, action, target, from, to, cursor }),
    [actor, action, target, from, to, cursor],
  );
  const shownInput = useDeferredValue(input);
  const { data } = useSuspenseQuery(trpc.audit.list.queryOptions(shownInput));
  const { data: actions } = useSuspenseQuery(trpc.audit.actions.queryOptions());
  const isFiltered = Object.keys(input).length > 0;
  const dayOf = (date: Date | null) => date?.toISOString().slice(0, 10) ?? "";
  const toDate = (text: string) => (text === "" ? null : new Date(text));
  return (
    <div className="flex flex-col gap-5">
      <PageHeader title="Audit log" description="Who did what to what, the latest first. Nobody can change it." />
      <div className="flex flex-wrap items-center gap-2">
        <SearchField
          label="Who"
          placeholder="Who: address or id"
          value={actor ?? ""}
          onSearch={(text) => setParams({ actor: text || null, cursor: null })}
          className="sm:w-52"
        />
        <FilterSelect
          label="What was done"
          all="Anything done"
          value={action}
          options={actions.map((value) => ({ value, title: value }))}
          onChange={(value) => setParams({ action: value, cursor: null })}
        />
        <SearchField
          label="To what"
          placeholder="To what: id or name"
          value={target ?? ""}
          onSearch={(text) => setParams({ target: text || null, cursor: null })}
          className="sm:w-52"
        />
        <DayField
          label="From"
          value={dayOf(from)}
          onChange={(text) => setParams({ from: toDate(text), cursor: null })}
        />
        <DayField label="To" value={dayOf(to)} onChange={(text) => setParams({ to: toDate(text), cursor: null })} />
      </div>
      <Card className={cn("overflow-hidden transition-opacity", shownInput !== input && "opacity-60")}>
        {data.entries.length > 0 ? (
          <ul className="divide-y">
            {data.entries.map((entry) => (
              <AuditEntry key={entry.id} entry={entry} onFilter={(filter) => setParams({ ...filter, cursor: null })} />
            ))}
          </ul>
        ) : (
          <EmptyState icon={ScrollTextIcon} title={isFiltered ? "No entry fits" : "Nothing was done yet"}>
            {isFiltered ? (
              <Button variant="outline" size="sm" className="mt-1" onClick={() => setParams(nothing)}>
                Show all entries
              </Button>
            ) : (
              "What operators do shows here."
            )}
          </EmptyState>
        )}
      </Card>
      <Pager isFirst={cursor === null} next={data.next} onMove={(next) => setParams({ cursor: next })} />
    </div>
  );
}

type DayFieldProps = { label: string; value: string; onChange: (text: string) => void };

function DayField({ label, value, onChange }: DayFieldProps) {
  return (
    <Input
      type="date"
      aria-label={`${label} (day, UTC)`}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      className="h-9 w-40"
    />
  );
}
