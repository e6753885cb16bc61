"use client";

import type { AvailableIntegration } from "@eventfork/core/integrations";
import type { IntegrationDetail, IntegrationStatus } from "@eventfork/core/overview";
import { formatNumber } from "@eventfork/core/platform/text/numbers";
import { useSuspenseQueries, useSuspenseQuery } from "@tanstack/react-query";
import Link from "next/link";
import { LiveIndicator, live, PageHeader } from "@/components/layout/page-layout.tsx";
import { type Column, DataTable } from "@/components/table/data-table.tsx";
import { IntegrationStateBadge } from "@/components/table/integration.tsx";
import { Card } from "@/components/ui/panels.tsx";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import { useTRPC } from "@/trpc/client.tsx";

type Row = { status: IntegrationStatus; detail: IntegrationDetail };

const columns: readonly Column<Row>[] = [
  {
    title: "Integration",
    isMain: true,
    cell: ({ status: { name, title, description } }) => (
      <>
        <Link
          href={`/admin/integrations/${name}`}
          className="rounded-sm font-medium underline-offset-4 hover:underline"
        >
          {title}
        </Link>
        <p className="text-muted-foreground text-xs">{description}</p>
      </>
    ),
  },
  { title: "State", cell: ({ status }) => <IntegrationStateBadge {...status} /> },
  {
    title: "Talks to",
    from: "md",
    className: "whitespace-nowrap",
    cell: ({ detail }) => <Target settings={detail.settings} />,
  },
  {
    title: "Last test",
    from: "lg",
    className: "max-w-xs",
    cell: ({ detail }) => <LastTest check={detail.checks[0]} />,
  },
  {
    title: "Dead letters",
    from: "sm",
    align: "right",
    cell: ({ status: { name, openDeadLetters } }) => (
      <Link
        href={`/admin/dead-letters?integration=${name}&status=open`}
        className="rounded-sm tabular-nums underline-offset-4 hover:underline"
      >
        {formatNumber(openDeadLetters)}
        <span className="sm:hidden"> dead letters</span>
        <span className="sr-only max-sm:hidden"> open</span>
      </Link>
    ),
  },
];

export function IntegrationsView() {
  const trpc = useTRPC();
  const list = useSuspenseQuery(live(trpc.integrations.list.queryOptions()));
  const { data: available } = useSuspenseQuery(trpc.integrations.available.queryOptions());
  const details = useSuspenseQueries({
    queries: list.data.map(({ name }) => live(trpc.integrations.get.queryOptions({ integration: name }))),
  });
  const rows = list.data.flatMap((status): Row[] => {
    const detail = details.find(({ data }) => data.name === status.name)?.data;
    return detail === undefined ? [] : [{ status, detail }];
  });
  return (
    <div className="flex flex-col gap-5">
      <PageHeader
        title="Integrations"
        description="The third parties that events go to: what they are set to, how they are, and whether they work."
      />
      <Card className="overflow-hidden">
        <DataTable rows={rows} keyOf={({ status }) => status.name} columns={columns} />
      </Card>
      {available.length > 0 && <Available integrations={available} />}
      <LiveIndicator isFailing={list.isError} />
    </div>
  );
}

function Available({ integrations }: { integrations: readonly AvailableIntegration[] }) {
  return (
    <section aria-labelledby="available" className="flex flex-col gap-3">
      <h2 id="available" className="font-semibold">
        Available
      </h2>
      <ul className="grid gap-3 sm:grid-cols-2">
        {integrations.map(({ name, title, description, secrets }) => (
          <li key={name}>
            <Card className="flex h-full flex-col gap-2 p-4 text-sm">
              <h3 className="font-medium">{title}</h3>
              <p className="text-muted-foreground">{description}</p>
              <p className="text-muted-foreground text-xs">
                Off. To switch it on set{" "}
                {secrets.map((variable, index) => (
                  <span key={variable}>
                    {index > 0 && " and "}
                    <code className="break-all text-foreground">{variable}</code>
                  </span>
                ))}
                , then deploy or start again.
              </p>
            </Card>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Target({ settings }: Pick<IntegrationDetail, "settings">) {
  if (settings === null) return <span className="text-muted-foreground">Not known yet</span>;
  if (settings.problem !== null) return <span className="text-destructive">Misconfigured</span>;
  return settings.isSandbox ? "The sandbox" : (settings.host ?? "The real one");
}

function LastTest({ check }: { check: IntegrationDetail["checks"][number] | undefined }) {
  if (check === undefined) return <span className="text-muted-foreground">Never tested</span>;
  if (check.isOk === null) return <span className="text-muted-foreground">No answer yet</span>;
  return (
    <p className={check.isOk ? "text-success" : "line-clamp-2 text-destructive"}>
      {check.isOk ? "Works" : (check.result?.problem?.text ?? "Failed")}{" "}
      <RelativeTime date={check.requestedAt} className="text-muted-foreground text-xs" />
    </p>
  );
}
