import { type IntegrationName, integrations } from "@eventfork/core/topology";
import { ReplayDialog } from "@/components/admin/replay/replay-dialog.tsx";
import { Card } from "@/components/ui/card.tsx";

type ReplayFilteredProps = { integration: IntegrationName; version: number };

export function ReplayFiltered({ integration, version }: ReplayFilteredProps) {
  if (version === 1) return null;
  const { title } = integrations[integration];
  return (
    <Card className="flex flex-col items-start gap-3 p-5 text-sm">
      <h2 className="font-semibold">Kept out before</h2>
      <p className="text-muted-foreground">
        After a rule was wrong: the events that the version before kept out and version {version} wants can be sent to{" "}
        {title} now. They are counted first; nothing is delivered twice.
      </p>
      <ReplayDialog size="sm" variant="outline" selection={{ source: "filtered", integration }}>
        Replay what was kept out…
      </ReplayDialog>
    </Card>
  );
}
