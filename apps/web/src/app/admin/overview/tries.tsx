import type { Overview } from "@eventfork/core/overview";
import { AttemptsChart } from "@/components/admin/charts/attempts-chart.tsx";
import { Part } from "@/components/admin/part.tsx";
import { pluralise } from "@/lib/say.ts";
import { Changes } from "./changes.tsx";

export function Tries({ overview: { range, integrations, events, changes } }: { overview: Overview }) {
  return (
    <Part
      title="Tries of deliveries"
      aside={<p className="text-muted-foreground text-sm">{pluralise(events.accepted, "event")} published</p>}
    >
      <AttemptsChart
        title="Tries of deliveries, by how they ended"
        range={range}
        counts={integrations.flatMap(({ figures }) => figures.points)}
        changes={changes.map(({ at }) => at)}
      />
      <Changes changes={changes} />
    </Part>
  );
}
