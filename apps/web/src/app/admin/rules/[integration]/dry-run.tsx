"use client";

import { formatNumber } from "@eventfork/core/platform/text/numbers";
import type { Bucket, ChangedEvent, DryRunReport } from "@eventfork/core/rules";
import type { IntegrationName } from "@eventfork/core/topology";
import { XIcon } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { Chart } from "@/components/charts/chart.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/table/table.tsx";
import { Button } from "@/components/ui/button.tsx";
import { NativeSelect } from "@/components/ui/fields.tsx";
import { FailedClauses } from "@/components/ui/outcomes.tsx";
import { Card } from "@/components/ui/panels.tsx";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import { formatDate } from "@/lib/format.ts";
import { cn } from "@/lib/utils.ts";
import { TestEvent } from "./test-event.tsx";
import { type DryRunState, useDryRun } from "./use-dry-run.ts";

const sizes = [1_000, 10_000, 100_000];

type DryRunProps = { integration: IntegrationName; version: number; policyText: string; isValid: boolean };

export function DryRun({ integration, version, policyText, isValid }: DryRunProps) {
  const [last, setLast] = useState(1_000);
  const run = useDryRun({ integration, policyText: isValid ? policyText : null, last, version });
  return (
    <Card className="flex flex-col gap-5 p-5">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 className="text-sm font-semibold">Impact preview</h2>
        <NativeSelect
          aria-label="How many events"
          value={last}
          onChange={(event) => setLast(Number(event.target.value))}
        >
          {sizes.map((size) => (
            <option key={size} value={size}>
              the last {formatNumber(size)} events
            </option>
          ))}
        </NativeSelect>
      </div>
      {isValid ? (
        <Result run={run} />
      ) : (
        <p className="text-sm text-muted-foreground">
          Once nothing in the policy would be refused, it is tried on real events here.
        </p>
      )}
      <TestEvent integration={integration} policyText={policyText} isValid={isValid} />
    </Card>
  );
}

function Result({ run: { report, isRunning, isCancelled, error, cancel } }: { run: DryRunState }) {
  if (error !== null) return <p className="text-sm text-destructive">{error}</p>;
  if (report === null) return <p className="text-sm text-muted-foreground">Trying it on the latest events…</p>;
  if (report.total === 0)
    return (
      <p className="text-sm text-muted-foreground">No event has been recorded yet, so there is nothing to try it on.</p>
    );
  return (
    <>
      <Progress report={report} isRunning={isRunning} isCancelled={isCancelled} onCancel={cancel} />
      <Figures report={report} />
      <DryRunChart buckets={report.buckets} />
      <Changed
        title="No longer delivered"
        hint="matched now, filtered out by the draft"
        count={report.lost}
        events={report.lostEvents}
      />
      <Changed
        title="Newly delivered"
        hint="filtered out now, matched by the draft"
        count={report.gained}
        events={report.gainedEvents}
      />
      <DryRunFields fields={report.fields} />
    </>
  );
}

type ProgressProps = { report: DryRunReport; isRunning: boolean; isCancelled: boolean; onCancel: () => void };

function Progress({ report: { done, total, isDone }, isRunning, isCancelled, onCancel }: ProgressProps) {
  if (isDone) return null;
  return (
    <div className="flex items-center gap-3 text-xs text-muted-foreground">
      <progress value={done} max={total} aria-label="Events tried" className="h-1.5 flex-1 accent-primary" />
      <span className="tabular-nums">
        {formatNumber(done)} of {formatNumber(total)}
        {isCancelled && ", canceled"}
      </span>
      {isRunning && (
        <Button variant="ghost" size="sm" onClick={onCancel}>
          <XIcon aria-hidden />
          Cancel
        </Button>
      )}
    </div>
  );
}

function Figures({ report: { done, version, current, draft, gained, lost } }: { report: DryRunReport }) {
  return (
    <dl className="grid grid-cols-2 gap-x-4 gap-y-3 sm:grid-cols-4">
      <Figure title={`Version ${version} matches`} value={current} of={done} />
      <Figure title="The draft matches" value={draft} of={done} />
      <Figure title="Newly delivered" value={gained} className={gained > 0 ? "text-success" : ""} sign="+" />
      <Figure title="No longer delivered" value={lost} className={lost > 0 ? "text-destructive" : ""} sign="−" />
    </dl>
  );
}

type FigureProps = { title: string; value: number; of?: number; sign?: string; className?: string };

function Figure({ title, value, of, sign = "", className }: FigureProps) {
  return (
    <div className="flex flex-col gap-0.5">
      <dt className="text-xs text-muted-foreground">{title}</dt>
      <dd className={cn("font-medium text-lg tabular-nums", className)}>
        {value > 0 && sign}
        {formatNumber(value)}
        {of !== undefined && <span className="font-normal text-muted-foreground text-xs"> of {formatNumber(of)}</span>}
      </dd>
    </div>
  );
}

type ChangedProps = { title: string; hint: string; count: number; events: readonly ChangedEvent[] };

function Changed({ title, hint, count, events }: ChangedProps) {
  if (count === 0) return null;
  return (
    <section aria-label={title} className="flex flex-col gap-2">
      <h3 className="text-sm font-medium">
        {title} <span className="font-normal text-muted-foreground">({hint})</span>
      </h3>
      <ul className="max-h-80 divide-y overflow-y-auto rounded-md border">
        {events.map((event) => (
          <li key={event.id}>
            <details className="px-3 py-2 text-sm">
              <summary className="list-none rounded-sm">
                <span className="flex items-baseline justify-between gap-3">
                  <span className="min-w-0 truncate font-medium">{event.label || event.id}</span>
                  <RelativeTime date={event.recordedAt} className="shrink-0 text-muted-foreground text-xs" />
                </span>
                <span className="text-muted-foreground text-xs">{event.type}</span>
              </summary>
              <div className="mt-2 flex flex-col gap-2">
                <FailedClauses because={event.because} />
                <Link
                  href={`/admin/events/${event.id}`}
                  className="self-start rounded-sm text-xs underline underline-offset-4"
                >
                  Open the event
                </Link>
              </div>
            </details>
          </li>
        ))}
      </ul>
      {count > events.length && (
        <p className="text-xs text-muted-foreground">
          The latest {formatNumber(events.length)} of {formatNumber(count)}.
        </p>
      )}
    </section>
  );
}

const series = [
  { of: "both", title: "unchanged", color: "color-mix(in oklab, var(--muted-foreground) 35%, transparent)" },
  { of: "gained", title: "newly delivered", color: "var(--success-fill)" },
  { of: "lost", title: "no longer delivered", color: "var(--destructive-fill)" },
] as const;

function DryRunChart({ buckets }: { buckets: readonly Bucket[] }) {
  const points = buckets.map((bucket) => ({
    short: formatDate(bucket.from, "dayAndTime"),
    full: formatDate(bucket.from, "second"),
    values: series.map(({ of }) => bucket[of]),
  }));
  return <Chart title="Events over time" points={points} series={series} className="h-32" />;
}

function DryRunFields({ fields }: { fields: DryRunReport["fields"] }) {
  if (fields.length === 0) return null;
  return (
    <div className="flex flex-col gap-4">
      {fields.map(({ path, values }) => (
        <Table key={path} className="table-fixed">
          <TableHeader>
            <TableRow>
              <TableHead className="font-mono">{path}</TableHead>
              <TableHead className="w-20 text-right">events</TableHead>
              <TableHead className="w-20 text-right">now</TableHead>
              <TableHead className="w-20 text-right">draft</TableHead>
            </TableRow>
          </TableHeader>
          <TableBody>
            {values.map(({ value, total, current, draft }) => (
              <TableRow key={value}>
                <TableCell className="max-w-40 truncate font-mono text-xs">{value}</TableCell>
                <TableCell className="text-right tabular-nums">{formatNumber(total)}</TableCell>
                <TableCell className="text-right tabular-nums">{formatNumber(current)}</TableCell>
                <TableCell
                  className={cn(
                    "text-right tabular-nums",
                    draft > current && "font-medium text-success",
                    draft < current && "font-medium text-destructive",
                  )}
                >
                  {formatNumber(draft)}
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      ))}
    </div>
  );
}
