"use client";

import { sayNumber } from "@eventfork/core/kernel/numbers";
import { format } from "date-fns";
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { barCursor, Told } from "@/components/admin/charts/told.tsx";

type Day = { day: string; count: number };

const tick = { fontSize: 11, fill: "var(--muted-foreground)" };
const say = (day: string, pattern: string) => format(new Date(`${day}T00:00:00`), pattern);

/** Loaded by itself: the chart library is larger than the rest of the page. A default export, because `next/dynamic` wants one. */
export default function SignUpsChart({ days }: { days: readonly Day[] }) {
  return (
    <ResponsiveContainer width="100%" height="100%">
      <BarChart data={[...days]} margin={{ top: 4, right: 0, bottom: 0, left: 0 }} accessibilityLayer={false}>
        <CartesianGrid vertical={false} stroke="var(--border)" />
        <XAxis
          dataKey="day"
          tickFormatter={(day: string) => say(day, "d MMM")}
          minTickGap={40}
          tick={tick}
          tickLine={false}
          axisLine={false}
        />
        <YAxis allowDecimals={false} width={32} tick={tick} tickLine={false} axisLine={false} />
        <Tooltip content={<SignUpsTold />} cursor={barCursor} isAnimationActive={false} />
        <Bar dataKey="count" fill="var(--info-fill)" radius={[3, 3, 0, 0]} isAnimationActive={false} />
      </BarChart>
    </ResponsiveContainer>
  );
}

function SignUpsTold({ payload }: { payload?: readonly { payload?: Day }[] }) {
  const day = payload?.[0]?.payload;
  if (day === undefined) return null;
  return <Told title={say(day.day, "EEEE, d MMMM yyyy")} rows={[["Sign-ups", sayNumber(day.count)]]} />;
}
