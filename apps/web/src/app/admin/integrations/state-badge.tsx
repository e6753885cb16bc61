import type { IntegrationStatus } from "@eventfork/core/integrations";
import { CheckIcon, CirclePauseIcon } from "lucide-react";
import { Badge } from "@/components/ui/badge.tsx";

type State = Pick<IntegrationStatus, "pausedAt" | "pauseKind" | "rateLimitedUntil">;

export function StateBadge({ pausedAt, pauseKind, rateLimitedUntil }: State) {
  if (pausedAt === null && rateLimitedUntil !== null) return <Badge variant="warning">Rate limited</Badge>;
  if (pausedAt === null) {
    return (
      <Badge variant="success">
        <CheckIcon aria-hidden className="size-3" />
        Active
      </Badge>
    );
  }
  return (
    <Badge variant="warning">
      <CirclePauseIcon aria-hidden className="size-3" />
      {pauseKind === "outage" ? "Down, being probed" : "Paused"}
    </Badge>
  );
}
