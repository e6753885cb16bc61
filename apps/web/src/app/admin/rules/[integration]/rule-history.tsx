"use client";

import type { RuleVersionItem } from "@eventfork/core/rules";
import type { IntegrationName } from "@eventfork/core/topology";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { RotateCcwIcon } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { useCanChange } from "@/components/layout/operator.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Label, NativeSelect } from "@/components/ui/fields.tsx";
import { Card } from "@/components/ui/panels.tsx";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import { useTRPC } from "@/trpc/client.tsx";
import { PolicyDiff } from "../editor/policy-diff.tsx";
import { AppliedState, RuleStateBadge } from "./rollout-status.tsx";

type RuleHistoryProps = {
  integration: IntegrationName;
  versions: readonly RuleVersionItem[];
  onEdit: (version: RuleVersionItem) => void;
};

export function RuleHistory({ integration, versions, onEdit }: RuleHistoryProps) {
  const [active] = versions;
  if (active === undefined) return null;
  return (
    <Card>
      <h2 className="border-b px-5 py-3 text-sm font-semibold">History</h2>
      <ol className="divide-y">
        {versions.map((version) => (
          <li key={version.version}>
            <details className="group px-5 py-3 text-sm">
              <summary className="list-none rounded-sm">
                <span className="flex items-baseline justify-between gap-3">
                  <span className="flex items-baseline gap-2 font-medium">
                    Version {version.version}
                    {version === active ? <RuleStateBadge version={version} /> : null}
                  </span>
                  <RelativeTime date={version.createdAt} className="shrink-0 text-xs text-muted-foreground" />
                </span>
                <span className="block break-words text-xs text-muted-foreground">{version.author}</span>
                {version.note !== null && <span className="mt-1 block break-words">{version.note}</span>}
              </summary>
              <div className="mt-3 flex flex-col items-start gap-3">
                <AppliedState version={version} />
                <Compared version={version} versions={versions} />
                {version !== active && <Again {...{ integration, version, active, onEdit }} />}
              </div>
            </details>
          </li>
        ))}
      </ol>
    </Card>
  );
}

function Compared({ version, versions }: { version: RuleVersionItem; versions: readonly RuleVersionItem[] }) {
  const [chosen, setChosen] = useState(version.version - 1);
  const other = versions.find((candidate) => candidate.version === chosen);
  const id = `compare-${version.version}`;
  return (
    <>
      <div className="flex items-center gap-2">
        <Label htmlFor={id} className="font-normal text-muted-foreground text-xs">
          Compared with
        </Label>
        <NativeSelect id={id} value={chosen} onChange={(event) => setChosen(Number(event.target.value))}>
          <option value={0}>nothing</option>
          {versions
            .filter((candidate) => candidate !== version)
            .map((candidate) => (
              <option key={candidate.version} value={candidate.version}>
                version {candidate.version}
              </option>
            ))}
        </NativeSelect>
      </div>
      <PolicyDiff
        label={`Version ${version.version} compared with ${other === undefined ? "nothing" : `version ${other.version}`}`}
        before={other === undefined ? "" : other.policy}
        after={version.policy}
      />
    </>
  );
}

type AgainProps = {
  integration: IntegrationName;
  version: RuleVersionItem;
  active: RuleVersionItem;
  onEdit: (version: RuleVersionItem) => void;
};

function Again({ integration, version, active, onEdit }: AgainProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const canChange = useCanChange();
  const rollback = useMutation(
    trpc.rules.rollback.mutationOptions({
      onSuccess: (saved) =>
        toast.success(`Rolled back: version ${saved.version} has version ${version.version}'s policy.`),
      onError: (error) => toast.error(error.message),
      onSettled: () => queryClient.invalidateQueries(trpc.rules.pathFilter()),
    }),
  );
  if (!canChange) return null;
  return (
    <div className="flex flex-wrap gap-2">
      <Button
        variant="outline"
        size="sm"
        disabled={rollback.isPending}
        onClick={() => rollback.mutate({ integration, version: version.version, expectedVersion: active.version })}
      >
        <RotateCcwIcon aria-hidden />
        Roll back to version {version.version}
      </Button>
      <Button variant="ghost" size="sm" onClick={() => onEdit(version)}>
        Edit from it
      </Button>
    </div>
  );
}
