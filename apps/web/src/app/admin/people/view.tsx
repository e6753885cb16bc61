"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { UsersIcon } from "lucide-react";
import { useQueryStates } from "nuqs";
import { useDeferredValue, useMemo, useState } from "react";
import { Chart } from "@/components/charts/chart.tsx";
import { FilterSelect, SearchField } from "@/components/forms/filter-fields.tsx";
import { useCanChange } from "@/components/layout/operator.tsx";
import { PageHeader, SectionCard } from "@/components/layout/page-layout.tsx";
import { Pager } from "@/components/table/pager.tsx";
import { Button } from "@/components/ui/button.tsx";
import { NativeSelect } from "@/components/ui/fields.tsx";
import { Card } from "@/components/ui/panels.tsx";
import { EmptyState } from "@/components/ui/states.tsx";
import { formatDate, pluralise } from "@/lib/format.ts";
import { toInput } from "@/lib/search-params.ts";
import { cn } from "@/lib/utils.ts";
import { useTRPC } from "@/trpc/client.tsx";
import { peopleParams, roleOptions } from "./search-params.ts";
import { PeopleTable } from "./table.tsx";

export function PeopleView() {
  const trpc = useTRPC();
  const canChange = useCanChange();
  const [{ search, role, cursor }, setParams] = useQueryStates(peopleParams, { history: "push" });
  const input = useMemo(() => toInput({ search, role, cursor }), [search, role, cursor]);
  const shownInput = useDeferredValue(input);
  const { data } = useSuspenseQuery(trpc.people.list.queryOptions(shownInput));
  const isFiltered = search !== null || role !== null;
  return (
    <div className="flex flex-col gap-5">
      <PageHeader
        title="People"
        description="Everybody who has signed up, the latest first, and who may see these screens."
      >
        <SearchField
          label="Search people"
          placeholder={canChange ? "Address, name or id" : "Whole address or id"}
          value={search ?? ""}
          onSearch={(text) => setParams({ search: text || null, cursor: null })}
        />
        <FilterSelect
          label="Role"
          all="Any role"
          value={role}
          options={roleOptions}
          onChange={(value) => setParams({ role: value, cursor: null })}
        />
      </PageHeader>
      {!isFiltered && cursor === null && <SignUps />}
      <Card className={cn("overflow-hidden transition-opacity", shownInput !== input && "opacity-60")}>
        {data.users.length > 0 ? (
          <PeopleTable people={data.users} />
        ) : isFiltered || cursor !== null ? (
          <EmptyState icon={UsersIcon} title="Nobody fits">
            <p className="mb-3">
              {canChange
                ? "A search finds the beginning of an address or of a name, or a whole id."
                : "A viewer's search finds a whole address or a whole id."}
            </p>
            <Button variant="outline" size="sm" onClick={() => setParams({ search: null, role: null, cursor: null })}>
              Show everybody
            </Button>
          </EmptyState>
        ) : (
          <EmptyState icon={UsersIcon} title="Nobody has signed up yet">
            People show here as soon as they have.
          </EmptyState>
        )}
      </Card>
      <Pager isFirst={cursor === null} next={data.next} onMove={(next) => setParams({ cursor: next })} />
    </div>
  );
}

const series = [{ title: "Sign-ups", color: "var(--info-fill)" }];
const spans = [7, 30, 90, 365];

function SignUps() {
  const trpc = useTRPC();
  const [days, setDays] = useState(30);
  const { data } = useSuspenseQuery(trpc.people.signUps.queryOptions({ days }));
  const total = data.reduce((sum, { count }) => sum + count, 0);
  const points = data.map(({ day, count }) => {
    const date = new Date(`${day}T00:00:00`);
    return { short: formatDate(date, "day"), full: formatDate(date, "weekday"), values: [count] };
  });
  return (
    <SectionCard
      title={pluralise(total, "sign-up")}
      aside={
        <NativeSelect aria-label="Time" value={days} onChange={(event) => setDays(Number(event.target.value))}>
          {spans.map((span) => (
            <option key={span} value={span}>
              {span === 365 ? "The last year" : `The last ${span} days`}
            </option>
          ))}
        </NativeSelect>
      }
    >
      <Chart title="Sign-ups by day, in UTC" points={points} series={series} className="h-40" />
    </SectionCard>
  );
}
