import type { IntegrationStatus } from "@eventfork/core/overview";
import { integrations, isIntegrationName, isOptional } from "@eventfork/core/topology";
import { useQuery } from "@tanstack/react-query";
import { CheckIcon, CirclePauseIcon } from "lucide-react";
import { Badge } from "@/components/ui/badge.tsx";
import { integrationOptions } from "@/lib/search-params.ts";
import { useTRPC } from "@/trpc/client.tsx";

export function IntegrationTitle({ name }: { name: string }) {
  return <span>{isIntegrationName(name) ? integrations[name].title : name}</span>;
}

type State = Pick<IntegrationStatus, "pausedAt" | "pauseKind" | "rateLimitedUntil">;

export function IntegrationStateBadge({ pausedAt, pauseKind, rateLimitedUntil }: State) {
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

export function useEnabledIntegrations(): typeof integrationOptions {
  const trpc = useTRPC();
  const { data: off } = useQuery({
    ...trpc.integrations.available.queryOptions(),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return integrationOptions.filter(
    ({ value }) => !isOptional(value) || (off !== undefined && !off.some(({ name }) => name === value)),
  );
}
