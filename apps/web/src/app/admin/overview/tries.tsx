import type { Overview } from "@eventfork/core/overview";
import { AttemptsChart } from "@/components/admin/charts/attempts-chart.tsx";
import { Card } from "@/components/ui/card.tsx";
import { pluralise } from "@/lib/say.ts";
import { Changes } from "./changes.tsx";

/** How all tries ended, and what operators changed meanwhile. */
export function Tries({ overview: { range, integrations, events, changes } }: { overview: Overview }) {
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
      <AttemptsChart
        title="Tries of deliveries, by how they ended"
        range={range}
        counts={integrations.flatMap(({ figures }) => figures.points)}
        changes={changes.map(({ at }) => at)}
      />
      <Changes changes={changes} />
    </Card>
  );
}
