"use client";

import type { DeadLetterGroup } from "@eventfork/core/dead-letters";
import { formatNumber } from "@eventfork/core/platform/text/numbers";
import { isIntegrationName } from "@eventfork/core/topology";
import Link from "next/link";
import type { ReactNode } from "react";
import { Sparkline } from "@/components/charts/chart.tsx";
import { ReplayDialog } from "@/components/forms/replay-dialog.tsx";
import { IntegrationTitle } from "@/components/table/integration.tsx";
import { Button } from "@/components/ui/button.tsx";
import { AdviceText, withoutAdvice } from "@/components/ui/outcomes.tsx";
import { Card } from "@/components/ui/panels.tsx";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import { pluralise } from "@/lib/format.ts";
import { DeadLetterDiscardDialog } from "./discard-dialog.tsx";

type CauseCardProps = { group: DeadLetterGroup; isAlone?: boolean };

export function FailureGroupCard({ group, isAlone = false }: CauseCardProps) {
  const { integration, fingerprint, errorCode, errorClass, sample, open, people, advice, isReplayable } = group;
  const filter = { ...(isIntegrationName(integration) && { integration }), group: fingerprint };
  return (
    <Card role="article" aria-label={`${integration}: ${errorCode ?? errorClass}`} className="flex flex-col gap-4 p-5">
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0 flex-1 basis-72">
          <h3 className="flex flex-wrap items-baseline gap-x-2 font-semibold">
            <IntegrationTitle name={integration} />
            <span className="break-all font-mono font-normal text-muted-foreground text-xs">
              {errorCode ?? errorClass}
            </span>
          </h3>
          <p className="mt-1 line-clamp-3 break-words text-sm" title={sample}>
            {withoutAdvice(sample, advice)}
          </p>
        </div>
        <Trend counts={group.trend} />
      </div>
      <AdviceText advice={advice} />
      <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-4">
        <dl className="flex flex-wrap gap-x-6 gap-y-2 text-sm">
          <Figure title="Open">
            <span className={open > 0 ? "text-destructive" : undefined}>{formatNumber(open)}</span>
          </Figure>
          <Figure title="People">{formatNumber(people)}</Figure>
          <Figure title="First seen">
            <RelativeTime date={group.firstSeenAt} />
          </Figure>
          <Figure title="Last seen">
            <RelativeTime date={group.lastSeenAt} />
          </Figure>
          <Figure title="Resolved">{describeSettled(group)}</Figure>
        </dl>
        <div className="flex flex-wrap gap-2">
          {!isAlone && (
            <Button asChild variant="outline" size="sm">
              <Link href={`/admin/dead-letters?group=${fingerprint}`}>
                View {formatNumber(open + group.replaying + group.resolved + group.discarded)}
              </Link>
            </Button>
          )}
          {open > 0 && <DeadLetterDiscardDialog selection={{ filter: { ...filter, status: "open" } }} count={open} />}
          {open > 0 && isReplayable && (
            <ReplayDialog size="sm" selection={{ source: "dead_letters", filter }}>
              Replay {open === 1 ? "it" : formatNumber(open)}…
            </ReplayDialog>
          )}
        </div>
      </div>
      {!isReplayable && (
        <p className="text-muted-foreground text-sm">
          {integration} is no integration any more: {pluralise(open, "dead letter")} cannot be replayed.
        </p>
      )}
    </Card>
  );
}

function Figure({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-muted-foreground text-xs">{title}</dt>
      <dd className="font-medium tabular-nums">{children}</dd>
    </div>
  );
}

function describeSettled({ replaying, resolved, discarded }: DeadLetterGroup): string {
  const parts = [
    replaying > 0 && `${formatNumber(replaying)} replaying`,
    resolved > 0 && `${formatNumber(resolved)} resolved`,
    discarded > 0 && `${formatNumber(discarded)} discarded`,
  ].filter((part) => part !== false);
  return parts.length === 0 ? "None yet" : parts.join(", ");
}

const series = [{ title: "Dead letters", color: "var(--destructive-fill)" }];

function Trend({ counts }: { counts: readonly number[] }) {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const span = counts.length > 48 ? `${Math.round(counts.length / 24)} days` : `${counts.length} hours`;
  const peak = total === 0 ? "" : `, at most ${formatNumber(Math.max(...counts))} in an hour`;
  const points = counts.map((count, index) => {
    const hours = counts.length - 1 - index;
    const time = hours === 0 ? "The hour that runs" : `${pluralise(hours, "hour")} ago`;
    return { short: time, full: time, values: [count] };
  });
  return (
    <figure className="flex w-40 shrink-0 flex-col gap-1">
      <Sparkline
        label={`${pluralise(total, "dead letter")} in the last ${span}${peak}; ${formatNumber(counts.at(-1) ?? 0)} in the hour that runs`}
        title={`Dead letters by hour, in the last ${span}; hours without one are left out`}
        points={points}
        series={series}
        className="h-9 border-b"
      />
      <figcaption className="flex justify-between text-muted-foreground text-xs">
        <span>{span}</span>
        <span className="tabular-nums">{pluralise(total, "dead letter")}</span>
      </figcaption>
    </figure>
  );
}
