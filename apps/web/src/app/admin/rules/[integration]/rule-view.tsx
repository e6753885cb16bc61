"use client";

import { type IntegrationName, integrations } from "@eventfork/core/topology";
import { useSuspenseQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { LiveIndicator } from "@/components/admin/live-indicator.tsx";
import { PageHeader } from "@/components/admin/page-header.tsx";
import { integrationOptions } from "@/lib/list-params.ts";
import { refreshEveryMs } from "@/lib/refresh.ts";
import { cn } from "@/lib/utils.ts";
import { useTRPC } from "@/trpc/client.tsx";
import { type Draft, RuleEditor } from "./rule-editor.tsx";
import { RuleHistory } from "./rule-history.tsx";

export function RuleView({ integration }: { integration: IntegrationName }) {
  const trpc = useTRPC();
  const { data: rule, isError } = useSuspenseQuery({
    ...trpc.rules.get.queryOptions({ integration }),
    refetchInterval: refreshEveryMs,
  });
  const [draft, setDraft] = useState<Draft | null>(null);
  const edit = (text: string) => setDraft({ text, baseVersion: draft?.baseVersion ?? rule.active.version });
  return (
    <div className="flex flex-col gap-5">
      <PageHeader
        title="Rules"
        description={`An event reaches ${integrations[integration].title} when it fits this SNS filter policy.`}
      >
        <IntegrationTabs current={integration} />
      </PageHeader>
      <div className="grid items-start gap-5 lg:grid-cols-[1fr_20rem]">
        <RuleEditor
          integration={integration}
          active={rule.active}
          draft={draft}
          onEdit={edit}
          onDiscard={() => setDraft(null)}
        />
        <RuleHistory versions={rule.versions} onEdit={({ policy }) => edit(JSON.stringify(policy, null, 2))} />
      </div>
      <LiveIndicator isFailing={isError} />
    </div>
  );
}

function IntegrationTabs({ current }: { current: IntegrationName }) {
  return (
    <nav aria-label="Integrations">
      <ul className="flex gap-1 rounded-lg bg-muted p-1">
        {integrationOptions.map(({ value, title }) => (
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
