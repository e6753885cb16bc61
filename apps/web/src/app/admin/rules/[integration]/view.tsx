"use client";

import { type IntegrationName, integrations } from "@eventfork/core/topology";
import { useSuspenseQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useMemo, useState } from "react";
import { ReplayDialog } from "@/components/forms/replay-dialog.tsx";
import { LiveIndicator, live, PageHeader } from "@/components/layout/page-layout.tsx";
import { useEnabledIntegrations } from "@/components/table/integration.tsx";
import { Card } from "@/components/ui/panels.tsx";
import { cn } from "@/lib/utils.ts";
import { useTRPC } from "@/trpc/client.tsx";
import { formatPolicyText, parsePolicyText } from "../editor/policy-text.ts";
import { type Draft, RuleEditor } from "../editor/rule-editor.tsx";
import { DriftAlert, LiveCheck } from "./drift-alert.tsx";
import { DryRun } from "./dry-run.tsx";
import { RuleHistory } from "./rule-history.tsx";

export function RuleView({ integration }: { integration: IntegrationName }) {
  const trpc = useTRPC();
  const { data: rule, isError } = useSuspenseQuery(live(trpc.rules.get.queryOptions({ integration })));
  const [draft, setDraft] = useState<Draft | null>(null);
  const text = draft?.text ?? formatPolicyText(rule.active.policy);
  const read = useMemo(() => parsePolicyText(text), [text]);
  const edit = (next: string) => setDraft({ text: next, base: draft?.base ?? rule.active });
  return (
    <div className="flex flex-col gap-5">
      <PageHeader
        title="Rules"
        description={`An event reaches ${integrations[integration].title} when it matches this filter policy on the ${rule.fanOut}.`}
      >
        <IntegrationTabs current={integration} />
      </PageHeader>
      {rule.live !== null && <DriftAlert integration={integration} active={rule.active} live={rule.live} />}
      <RuleEditor
        integration={integration}
        active={rule.active}
        draft={draft}
        text={text}
        read={read}
        onEdit={edit}
        onRebase={() => setDraft({ text, base: rule.active })}
        onDiscard={() => setDraft(null)}
      />
      <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <DryRun
          integration={integration}
          version={rule.active.version}
          policyText={text}
          isValid={read.problems.length === 0}
        />
        <div className="flex min-w-0 flex-col gap-5">
          <RuleHistory
            integration={integration}
            versions={rule.versions}
            onEdit={({ policy }) => edit(formatPolicyText(policy))}
          />
          <ReplayFiltered integration={integration} version={rule.active.version} />
          <LiveCheck integration={integration} live={rule.live} />
        </div>
      </div>
      <LiveIndicator isFailing={isError} />
    </div>
  );
}

function IntegrationTabs({ current }: { current: IntegrationName }) {
  const options = useEnabledIntegrations();
  return (
    <nav aria-label="Integrations">
      <ul className="flex flex-wrap gap-1 rounded-lg bg-muted p-1">
        {options.map(({ value, title }) => (
          <li key={value}>
            <Link
              href={`/admin/rules/${value}`}
              aria-current={value === current ? "page" : undefined}
              className={cn(
                "block rounded-md px-3 py-1 text-sm text-muted-foreground hover:text-foreground",
                value === current && "bg-card font-medium text-foreground shadow-xs",
              )}
            >
              {title}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

type ReplayFilteredProps = { integration: IntegrationName; version: number };

function ReplayFiltered({ integration, version }: ReplayFilteredProps) {
  if (version === 1) return null;
  const { title } = integrations[integration];
  return (
    <Card className="flex flex-col items-start gap-3 p-5 text-sm">
      <h2 className="font-semibold">Previously filtered</h2>
      <p className="text-muted-foreground">
        After a rule was wrong: the events that the version before filtered out and version {version} wants can be sent
        to {title} now. They are counted first; nothing is delivered twice.
      </p>
      <ReplayDialog size="sm" variant="outline" selection={{ source: "filtered", integration }}>
        Replay filtered events…
      </ReplayDialog>
    </Card>
  );
}
