"use client";

import { formatCapped, formatNumber } from "@eventfork/core/platform/text/numbers";
import type { PartHealth, SystemItem } from "@eventfork/core/system";
import { useSuspenseQuery } from "@tanstack/react-query";
import { CheckIcon, XIcon } from "lucide-react";
import type { ReactNode } from "react";
import { LiveIndicator, live, PageHeader, SectionCard } from "@/components/layout/page-layout.tsx";
import { IntegrationTitle } from "@/components/table/integration.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/table/table.tsx";
import { Badge } from "@/components/ui/badge.tsx";
import { Card } from "@/components/ui/panels.tsx";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import { useTRPC } from "@/trpc/client.tsx";

const refreshEveryMs = 10_000;

export function SystemView() {
  const trpc = useTRPC();
  const { data, isError } = useSuspenseQuery(live(trpc.system.inspect.queryOptions(), refreshEveryMs));
  const { database, broker, schedules, lags, migrations, versions, settings } = data;
  const isWell =
    database.isOk &&
    broker.isOk &&
    lags.every(({ isBehind }) => !isBehind) &&
    schedules.every(({ isOk, isLate, passedOver }) => isOk && !isLate && passedOver.length === 0);
  return (
    <div className="flex flex-col gap-5">
      <PageHeader
        title="System"
        description={isWell ? "Everything answers, and every schedule runs." : "Something is not well: see below."}
      />
      <div className="grid gap-4 lg:grid-cols-2">
        <Health title="Database" health={database}>
          <SettingItem title="PostgreSQL">{database.version ?? "unknown"}</SettingItem>
          <SettingItem title="Size">
            {database.sizeBytes === null ? "unknown" : formatBytes(database.sizeBytes)}
          </SettingItem>
          <SettingItem title="Connections">{database.connections ?? "unknown"}</SettingItem>
        </Health>
        <Health title="Broker" health={broker}>
          <SettingItem title="Fan-out">{broker.fanOut}</SettingItem>
          {Object.entries(broker.queues ?? {}).map(([name, depth]) => (
            <SettingItem key={name} title={<IntegrationTitle name={name} />}>
              {depth === null
                ? "does not answer"
                : `${formatNumber(depth.waiting)} waiting, ${formatNumber(depth.inFlight)} in flight, ${formatNumber(depth.dead)} dead`}
            </SettingItem>
          ))}
        </Health>
      </div>
      <Schedules schedules={schedules} />
      <Lags lags={lags} />
      <div className="grid gap-4 lg:grid-cols-2">
        <Facts title="Retention">
          <SettingItem title="Events, deliveries, settled dead letters">{formatDays(settings.eventDays)}</SettingItem>
          <SettingItem title="Audit log">{formatDays(settings.auditDays)}</SettingItem>
        </Facts>
        <Facts title="Mail and versions">
          <SettingItem title="Mail">{settings.canSendMail ? "can be sent" : "no sender is set"}</SettingItem>
          <SettingItem title="New addresses">
            {settings.emailVerification === "required" ? "must be confirmed" : "need no confirmation"}
          </SettingItem>
          <SettingItem title="Eventfork">{versions.eventfork}</SettingItem>
          <SettingItem title="Node.js">{versions.node}</SettingItem>
        </Facts>
      </div>
      <SectionCard title="Migrations">
        <ul className="flex flex-col gap-1.5 text-sm">
          {migrations.map(({ name, finishedAt }) => (
            <li key={name} className="flex flex-wrap justify-between gap-x-4">
              <code className="break-all font-mono text-xs">{name}</code>
              {finishedAt === null && <Badge variant="destructive">Not finished</Badge>}
            </li>
          ))}
        </ul>
      </SectionCard>
      <LiveIndicator isFailing={isError} />
    </div>
  );
}

function Health({ title, health, children }: { title: string; health: PartHealth; children: ReactNode }) {
  const Icon = health.isOk ? CheckIcon : XIcon;
  return (
    <SectionCard
      title={title}
      aside={
        <Badge variant={health.isOk ? "success" : "destructive"}>
          <Icon aria-hidden className="size-3" />
          {health.isOk ? `Answers in ${health.ms} ms` : "Does not answer"}
        </Badge>
      }
    >
      {health.error !== null && <p className="break-words text-destructive text-sm">{health.error}</p>}
      <dl className="flex flex-col gap-2">{children}</dl>
    </SectionCard>
  );
}

function Facts({ title, children }: { title: string; children: ReactNode }) {
  return (
    <SectionCard title={title}>
      <dl className="flex flex-col gap-2">{children}</dl>
    </SectionCard>
  );
}

function SettingItem({ title, children }: { title: ReactNode; children: ReactNode }) {
  return (
    <div className="flex flex-wrap justify-between gap-x-4 text-sm">
      <dt className="text-muted-foreground">{title}</dt>
      <dd className="tabular-nums">{children}</dd>
    </div>
  );
}

const lagTitles: Readonly<Record<SystemItem["lags"][number]["job"], string>> = {
  relay: "Publishing events",
  reconcile: "Reconciling deliveries",
  search: "Indexing events for search",
  retention: "Deleting expired events",
};

function Lags({ lags }: Pick<SystemItem, "lags">) {
  return (
    <Facts title="Lag of jobs">
      {lags.map(({ job, events, seconds, isBehind }) => (
        <SettingItem key={job} title={lagTitles[job]}>
          {events === 0 ? "None" : `${formatCapped(events)} events, ${formatNumber(seconds)} s`}
          {isBehind && (
            <Badge variant="warning" className="ml-2">
              Behind
            </Badge>
          )}
        </SettingItem>
      ))}
    </Facts>
  );
}

function formatDays(days: number | null): string {
  if (days === null) return "ever";
  return `${days} ${days === 1 ? "day" : "days"}`;
}

const units = ["bytes", "KB", "MB", "GB", "TB"];

function formatBytes(bytes: number): string {
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log(bytes) / Math.log(1_024))));
  return `${(bytes / 1_024 ** power).toFixed(power > 1 ? 1 : 0)} ${units[power]}`;
}

function Schedules({ schedules }: Pick<SystemItem, "schedules">) {
  return (
    <Card role="region" aria-label="Schedules" className="overflow-hidden">
      <h2 className="px-5 pt-5 pb-3 font-semibold text-sm">Schedules</h2>
      {schedules.length === 0 ? (
        <p className="px-5 pb-5 text-muted-foreground text-sm">None has run yet. Each should, every minute.</p>
      ) : (
        <Table>
          <TableHeader>
            <TableRow>
              <TableHead className="pl-5">Job</TableHead>
              <TableHead>Result</TableHead>
              <TableHead>Last run</TableHead>
              <TableHead className="pr-5 text-right max-sm:hidden">Took</TableHead>
            </TableRow>
          </TableHeader>
          <TableBody>
            {schedules.map(({ name, startedAt, durationMs, isOk, isLate, passedOver, result }) => (
              <TableRow key={name}>
                <TableCell className="pl-5 font-medium">{name}</TableCell>
                <TableCell className="max-w-md">
                  <Badge variant={isOk ? (isLate ? "warning" : "success") : "destructive"}>
                    {isOk ? (isLate ? "Late" : "OK") : "Failed"}
                  </Badge>
                  {passedOver.length > 0 && (
                    <ul aria-label="Passed over" className="mt-1.5 flex flex-col gap-1 text-xs">
                      {passedOver.map(({ step, id, error, at }) => (
                        <li key={`${step} ${id}`} className="break-words">
                          <span className="font-medium">{step}</span> passed over {id ?? "the whole step"}{" "}
                          <RelativeTime date={new Date(at)} />: {error}
                        </li>
                      ))}
                    </ul>
                  )}
                  <details className="mt-1.5 text-xs">
                    <summary className="w-fit rounded-sm text-muted-foreground hover:text-foreground">Details</summary>
                    <pre className="mt-1.5 whitespace-pre-wrap break-all font-mono">
                      {JSON.stringify(result, null, 2)}
                    </pre>
                  </details>
                </TableCell>
                <TableCell className="whitespace-nowrap text-muted-foreground">
                  <RelativeTime date={startedAt} />
                </TableCell>
                <TableCell className="whitespace-nowrap pr-5 text-right tabular-nums max-sm:hidden">
                  {formatNumber(durationMs)} ms
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      )}
    </Card>
  );
}
