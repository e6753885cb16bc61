"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { format } from "date-fns";
import { useState } from "react";
import { Chart } from "@/components/admin/charts/chart.tsx";
import { Part } from "@/components/admin/part.tsx";
import { NativeSelect } from "@/components/ui/native-select.tsx";
import { pluralise } from "@/lib/say.ts";
import { useTRPC } from "@/trpc/client.tsx";

const series = [{ title: "Sign-ups", color: "var(--info-fill)" }];
const spans = [7, 30, 90, 365];

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
    <Part
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
    </Part>
  );
}
