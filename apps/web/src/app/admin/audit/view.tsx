"use client";

import type { AuditItem } from "@eventfork/core/audit";
import { useSuspenseQuery } from "@tanstack/react-query";
import { ScrollTextIcon } from "lucide-react";
import Link from "next/link";
import { useQueryStates } from "nuqs";
import { useDeferredValue } from "react";
import { FilterSelect, SearchField } from "@/components/forms/filter-fields.tsx";
import { PageHeader } from "@/components/layout/page-layout.tsx";
import { Pager } from "@/components/table/pager.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Input } from "@/components/ui/fields.tsx";
import { Card, ScrollRegion } from "@/components/ui/panels.tsx";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import { EmptyState } from "@/components/ui/states.tsx";
import { nameUserAgent } from "@/lib/format.ts";
import { useStableValue } from "@/lib/hooks.ts";
import { cn } from "@/lib/utils.ts";
import { useTRPC } from "@/trpc/client.tsx";
import { auditParams, toAuditInput } from "./search-params.ts";

const nothing = { actor: null, action: null, target: null, from: null, to: null, cursor: null };

export function AuditView() {
  const trpc = useTRPC();
  const [params, setParams] = useQueryStates(auditParams, { history: "push" });
  const { actor, action, target, from, to, cursor } = params;
  const input = useStableValue(toAuditInput(params));
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
          label="Action"
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
              "Operators' actions appear here."
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

type AuditEntryProps = {
  entry: AuditItem;
  onFilter: (filter: { actor: string } | { action: string } | { target: string }) => void;
};

const link = "rounded-sm underline-offset-4 hover:underline";

function AuditEntry({ entry, onFilter }: AuditEntryProps) {
  const { actor, action, target, at, ip, userAgent, before, after } = entry;
  const from = [ip, userAgent === null ? null : nameUserAgent(userAgent)].filter((part) => part !== null);
  return (
    <li className="flex flex-col gap-2 px-5 py-3.5 text-sm">
      <div className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1">
        <p className="flex min-w-0 flex-wrap items-baseline gap-x-2 gap-y-1">
          <button type="button" className={`${link} break-all font-medium`} onClick={() => onFilter({ actor })}>
            {actor}
          </button>
          <button
            type="button"
            className={`${link} rounded-full border bg-muted px-2 py-0.5 font-mono text-muted-foreground text-xs`}
            onClick={() => onFilter({ action })}
          >
            {action}
          </button>
          {target.startsWith("usr_") ? (
            <Link href={`/admin/people/${target}`} className={`${link} break-all font-mono text-xs`}>
              {target}
            </Link>
          ) : (
            <button
              type="button"
              className={`${link} break-all font-mono text-xs`}
              onClick={() => onFilter({ target })}
            >
              {target}
            </button>
          )}
        </p>
        <RelativeTime date={at} className="text-muted-foreground text-xs" />
      </div>
      {from.length > 0 && <p className="text-muted-foreground text-xs">From {from.join(", ")}</p>}
      {(before !== null || after !== null) && (
        <details className="text-xs">
          <summary className="w-fit rounded-sm text-muted-foreground hover:text-foreground">Before and after</summary>
          <div className="mt-2 grid gap-2 lg:grid-cols-2">
            <Side title="Before" value={before} />
            <Side title="After" value={after} />
          </div>
        </details>
      )}
    </li>
  );
}

function Side({ title, value }: { title: string; value: unknown }) {
  return (
    <ScrollRegion label={title} className="max-h-64 overflow-auto rounded-md border bg-muted/50 p-3">
      <h3 className="mb-1 text-muted-foreground">{title}</h3>
      <pre className="font-mono">{value === null ? "nothing" : JSON.stringify(value, null, 2)}</pre>
    </ScrollRegion>
  );
}
