"use client";

import { sayNumber } from "@eventfork/core/kernel/numbers";
import { useSuspenseQuery } from "@tanstack/react-query";
import { format } from "date-fns";
import { useState } from "react";
import { Chart } from "@/components/admin/charts/chart.tsx";
import { Card } from "@/components/ui/card.tsx";
import { NativeSelect } from "@/components/ui/native-select.tsx";
import { useTRPC } from "@/trpc/client.tsx";

const series = [{ title: "Sign-ups", color: "var(--info-fill)" }];
const spans = [7, 30, 90, 365];

/** How many people signed up, day by day. */
export function SignUps() {
  const trpc = useTRPC();
  const [days, setDays] = useState(30);
  const { data } = useSuspenseQuery(trpc.people.signUps.queryOptions({ days }));
  const total = data.reduce((sum, { count }) => sum + count, 0);
  const points = data.map(({ day, count }) => {
    const date = new Date(`${day}T00:00:00`);
    return { short: format(date, "d MMM"), full: format(date, "EEEE, d MMMM yyyy"), values: [count] };
  });
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
      <Chart title="Sign-ups by day, in UTC" points={points} series={series} className="h-40" />
    </Card>
  );
}
