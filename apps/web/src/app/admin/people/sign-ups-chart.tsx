"use client";

import { format } from "date-fns";
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";

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
        <Tooltip content={<Told />} cursor={{ fill: "var(--accent)" }} isAnimationActive={false} />
        <Bar dataKey="count" fill="var(--info-fill)" radius={[3, 3, 0, 0]} isAnimationActive={false} />
      </BarChart>
    </ResponsiveContainer>
  );
}

function Told({ payload }: { payload?: readonly { payload?: Day }[] }) {
  const day = payload?.[0]?.payload;
  if (day === undefined) return null;
  return (
    <div className="rounded-md border bg-popover px-3 py-2 text-popover-foreground text-xs shadow-sm">
      <p className="text-muted-foreground">{say(day.day, "EEEE, d MMMM yyyy")}</p>
      <p className="font-medium tabular-nums">
        {day.count} {day.count === 1 ? "sign-up" : "sign-ups"}
      </p>
    </div>
  );
}
