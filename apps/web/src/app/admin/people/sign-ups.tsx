"use client";

import { sayNumber } from "@eventfork/core/kernel/numbers";
import { useSuspenseQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useState } from "react";
import { ChartTable } from "@/components/admin/charts/chart-table.tsx";
import { Picture } from "@/components/admin/charts/picture.tsx";
import { Card } from "@/components/ui/card.tsx";
import { NativeSelect } from "@/components/ui/native-select.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { useTRPC } from "@/trpc/client.tsx";

const Chart = dynamic(() => import("./sign-ups-chart.tsx"), {
  ssr: false,
  loading: () => <Skeleton className="h-40" />,
});

const spans = [7, 30, 90, 365];

/** How many people signed up, day by day: a picture, and a table behind it. */
export function SignUps() {
  const trpc = useTRPC();
  const [days, setDays] = useState(30);
  const { data } = useSuspenseQuery(trpc.people.signUps.queryOptions({ days }));
  const total = data.reduce((sum, { count }) => sum + count, 0);
  return (
    <Card role="region" aria-label="Sign-ups" className="flex flex-col gap-4 p-5">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 className="font-semibold text-sm">
          {sayNumber(total)} {total === 1 ? "sign-up" : "sign-ups"}
        </h2>
        <NativeSelect aria-label="Time" value={days} onChange={(event) => setDays(Number(event.target.value))}>
          {spans.map((span) => (
            <option key={span} value={span}>
              {span === 365 ? "The last year" : `The last ${span} days`}
            </option>
          ))}
        </NativeSelect>
      </div>
      <Picture className="h-40">
        <Chart days={data} />
      </Picture>
      <ChartTable
        caption="Sign-ups by day, in UTC"
        titles={["Day", "Sign-ups"]}
        rows={data.map(({ day, count }) => [day, String(count)])}
      />
    </Card>
  );
}
