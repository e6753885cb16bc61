"use client";

import type { IntegrationStatus } from "@eventfork/core/overview";
import { type IntegrationName, integrations } from "@eventfork/core/topology";
import { useSuspenseQuery } from "@tanstack/react-query";
import Link from "next/link";
import { BackLink, LiveIndicator, live, PageHeader } from "@/components/layout/page-layout.tsx";
import { IntegrationStateBadge } from "@/components/table/integration.tsx";
import { Button } from "@/components/ui/button.tsx";
import { useTRPC } from "@/trpc/client.tsx";
import { FailureGroupCard } from "../../dead-letters/failure-group-card.tsx";
import { PauseControl } from "../../overview/integration-actions.tsx";
import { Checks } from "./checks.tsx";
import { CircuitBreakerCard } from "./circuit-breaker-card.tsx";
import { Figures } from "./figures.tsx";
import { Limits, Retries, Settings } from "./settings.tsx";
import { TestEventDialog } from "./test-event-dialog.tsx";

export function IntegrationView({ name }: { name: IntegrationName }) {
  const trpc = useTRPC();
  const list = useSuspenseQuery(live(trpc.integrations.list.queryOptions()));
  const { data, isError } = useSuspenseQuery(live(trpc.integrations.get.queryOptions({ integration: name })));
  const { title, description } = integrations[name];
  const status = list.data.find((one) => one.name === name);
  return (
    <div className="flex flex-col gap-5">
      <BackLink href="/admin/integrations">Integrations</BackLink>
      <PageHeader title={title} description={description}>
        {status !== undefined && <IntegrationStateBadge {...status} />}
        <TestEventDialog integration={name} title={title} />
        {status !== undefined && <PauseControl integration={status} />}
      </PageHeader>
      <Links name={name} />
      <Checks detail={data} queue={status?.queue ?? null} isPaused={status?.pausedAt != null} />
      <Figures name={name} />
      <Causes name={name} />
      <CircuitBreakerCard detail={data} />
      <Settings settings={data.settings} />
      <div className="grid gap-5 lg:grid-cols-2">
        <Limits detail={data} queue={status?.queue ?? null} />
        <Retries detail={data} />
      </div>
      <LiveIndicator isFailing={isError || list.isError} />
    </div>
  );
}

function Links({ name }: Pick<IntegrationStatus, "name">) {
  const links = [
    [`/admin/deliveries?integration=${name}`, "Deliveries"],
    [`/admin/rules/${name}`, "Rule"],
    [`/admin/dead-letters?integration=${name}`, "Dead letters"],
    [`/admin/audit?target=${name}`, "Audit log"],
  ] as const;
  return (
    <nav aria-label="More of it" className="flex flex-wrap gap-2">
      {links.map(([href, title]) => (
        <Button key={href} asChild variant="outline" size="sm">
          <Link href={href}>{title}</Link>
        </Button>
      ))}
    </nav>
  );
}

function Causes({ name }: { name: IntegrationName }) {
  const trpc = useTRPC();
  const { data } = useSuspenseQuery(live(trpc.deadLetters.groups.queryOptions({ integration: name, limit: 5 })));
  return (
    <section aria-label="Causes" className="flex flex-col gap-3">
      <h2 className="font-semibold text-sm">Failure groups</h2>
      {data.groups.length === 0 ? (
        <p className="text-muted-foreground text-sm">No open dead letters.</p>
      ) : (
        data.groups.map((group) => <FailureGroupCard key={group.fingerprint} group={group} />)
      )}
      {data.next !== null && (
        <Link
          href={`/admin/dead-letters?integration=${name}`}
          className="w-fit rounded-sm text-sm underline underline-offset-4"
        >
          Every cause
        </Link>
      )}
    </section>
  );
}
