import type { Overview } from "@eventfork/core/overview";
import { memo, useMemo } from "react";
import { addUp } from "@/components/admin/charts/points.ts";
import { TriesChart } from "@/components/admin/charts/tries-chart.tsx";
import { Card } from "@/components/ui/card.tsx";
import { pluralise } from "@/lib/say.ts";
import { Changes } from "./changes.tsx";

/** How all tries ended, and what operators changed meanwhile. */
export const Tries = memo(function Tries({ overview }: { overview: Overview }) {
  const { range, integrations, events, changes } = overview;
  const points = useMemo(() => addUp(integrations.map(({ figures }) => figures.points)), [integrations]);
  return (
    <Card
      role="region"
      aria-label="Tries"
      className="flex flex-col gap-4 p-5 [contain-intrinsic-height:auto_28rem] [content-visibility:auto]"
    >
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <h2 className="font-semibold text-sm">Tries of deliveries</h2>
        <p className="text-muted-foreground text-sm">{pluralise(events.accepted, "event")} published</p>
      </div>
      <TriesChart
        title="Tries of deliveries, by how they ended"
        range={range}
        points={points}
        changes={changes.map(({ at }) => at)}
      />
      <Changes changes={changes} />
    </Card>
  );
});
