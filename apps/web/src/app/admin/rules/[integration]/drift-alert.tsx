"use client";

import type { LiveRule, Rule, RuleVersionItem } from "@eventfork/core/rules";
import type { IntegrationName } from "@eventfork/core/topology";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { TriangleAlertIcon } from "lucide-react";
import { toast } from "sonner";
import { useCanChange } from "@/components/layout/operator.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Alert } from "@/components/ui/panels.tsx";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import { useTRPC } from "@/trpc/client.tsx";
import { PolicyDiff } from "../editor/policy-diff.tsx";
import { formatPolicyText } from "../editor/policy-text.ts";

type DriftProps = { integration: IntegrationName; active: RuleVersionItem; live: NonNullable<Rule["live"]> };

export function DriftAlert({ integration, active, live }: DriftProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const canChange = useCanChange();
  const options = (message: string) => ({
    onSuccess: () => void toast.success(message),
    onError: (error: { message: string }) => void toast.error(error.message),
    onSettled: () => queryClient.invalidateQueries(trpc.rules.pathFilter()),
  });
  const reapply = useMutation(trpc.rules.reapply.mutationOptions(options(`Version ${active.version} is live again.`)));
  const adopt = useMutation(
    trpc.rules.adopt.mutationOptions(options(`The live policy is version ${active.version + 1} now.`)),
  );
  if (live.driftedSince === null) return null;
  return (
    <Alert variant="warning" className="flex flex-col gap-3">
      <p className="flex items-start gap-2">
        <TriangleAlertIcon aria-hidden className="mt-0.5 size-4 shrink-0 text-warning" />
        <span>
          <span className="font-medium">The live filter is not version {active.version}.</span> Somebody changed it
          outside of Eventfork; it was seen <RelativeTime date={live.driftedSince} />. Saving a new version would
          replace it.
          {live.obstacle !== null && <> The live filter {live.obstacle}.</>}
        </span>
      </p>
      <PolicyDiff label="Ours, and what is live" before={active.policy} after={showLive(live.policyText)} />
      {canChange && (
        <div className="flex flex-wrap gap-2">
          <Button size="sm" disabled={reapply.isPending} onClick={() => reapply.mutate({ integration })}>
            Apply version {active.version} again
          </Button>
          <Button size="sm" variant="outline" disabled={adopt.isPending} onClick={() => adopt.mutate({ integration })}>
            Adopt theirs as version {active.version + 1}
          </Button>
        </div>
      )}
    </Alert>
  );
}

function showLive(text: string | null): string {
  if (text === null) return "(no filter policy: every event)";
  try {
    return formatPolicyText(JSON.parse(text));
  } catch {
    return text;
  }
}

export function LiveCheck({ integration, live }: { integration: IntegrationName; live: LiveRule | null }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const check = useMutation(
    trpc.rules.checkDrift.mutationOptions({
      onError: (error) => toast.error(error.message),
      onSettled: () => queryClient.invalidateQueries(trpc.rules.pathFilter()),
    }),
  );
  return (
    <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-xs text-muted-foreground">
      {live === null ? (
        "The live policy has not been looked at yet."
      ) : live.error !== null ? (
        <span className="text-destructive">The live policy could not be read: {live.error}</span>
      ) : (
        <span>
          Live policy {live.driftedSince === null ? `is version ${live.version}` : "differs"}, seen{" "}
          <RelativeTime date={live.checkedAt} />.
        </span>
      )}
      <Button
        variant="link"
        className="h-auto p-0 text-xs"
        disabled={check.isPending}
        onClick={() => check.mutate({ integration })}
      >
        {check.isPending ? "Looking…" : "Look now"}
      </Button>
    </p>
  );
}
