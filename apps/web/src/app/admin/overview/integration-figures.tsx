import { sayCapped, sayNumber } from "@eventfork/core/kernel/numbers";
import type { IntegrationOverview } from "@eventfork/core/overview";
import Link from "next/link";
import type { ReactNode } from "react";
import { sayLatency } from "@/components/admin/charts/points.ts";
import { RelativeTime } from "@/components/relative-time.tsx";
import { cn } from "@/lib/utils.ts";

export function IntegrationFigures({ integration }: { integration: IntegrationOverview }) {
  const { name, figures, counts, openDeadLetters, queue, oldestUnfinishedAt } = integration;
  const { delivered, retried, died, successRate, p50, p95 } = figures;
  const list = (status: string) => `/admin/deliveries?integration=${name}&status=${status}`;
  return (
    <>
      <dl className="grid grid-cols-3 gap-x-4 gap-y-3 px-5 py-4">
        <Figure title="Delivered" href={list("delivered")} fill="bg-success-fill">
          {sayNumber(delivered)}
        </Figure>
        <Figure title="Failed tries" href={list("retrying")} fill="bg-warning-fill">
          {sayNumber(retried)}
        </Figure>
        <Figure title="Died" href={list("dead")} fill="bg-destructive-fill">
          {sayNumber(died)}
        </Figure>
        <Figure title="Success">{sayShare(successRate)}</Figure>
        <Figure title="p50" hint="Half were delivered within this time of the event; within 10 % of the exact value.">
          {sayLatency(p50)}
        </Figure>
        <Figure
          title="p95"
          hint="95 of 100 were delivered within this time of the event; within 10 % of the exact value."
        >
          {sayLatency(p95)}
        </Figure>
      </dl>
      <dl className="grid grid-cols-3 gap-x-4 gap-y-3 border-t px-5 py-4">
        <Figure title="In the queue" isSmall>
          {queue === null ? "?" : sayNumber(queue.waiting)}
        </Figure>
        <Figure title="In flight" isSmall>
          {queue === null ? "?" : sayNumber(queue.inFlight)}
        </Figure>
        <Figure title="Retrying now" href={list("retrying")} isSmall>
          {sayCapped(counts.retrying)}
        </Figure>
        <Figure title="Oldest" isSmall>
          {oldestUnfinishedAt === null ? "—" : <RelativeTime date={oldestUnfinishedAt} />}
        </Figure>
        <Figure title="Dead letters" href={`/admin/dead-letters?integration=${name}`} isSmall>
          {sayNumber(openDeadLetters)}
        </Figure>
        <Figure title="In its DLQ" hint="Dead letter queue: messages that are not archived yet." isSmall>
          {queue === null ? "?" : sayNumber(queue.dead)}
        </Figure>
      </dl>
    </>
  );
}

/** Rounded down, so that one failure in ten thousand shows. */
function sayShare(share: number | null): string {
  if (share === null) return "—";
  return `${sayNumber(Math.floor(share * 10_000) / 100)} %`;
}

type FigureProps = {
  title: string;
  href?: string;
  hint?: string;
  fill?: string;
  isSmall?: boolean;
  children: ReactNode;
};

function Figure({ title, href, hint, fill, isSmall = false, children }: FigureProps) {
  return (
    <div className="flex min-w-0 flex-col gap-0.5" title={hint}>
      <dt className="flex items-center gap-1.5 text-muted-foreground text-xs">
        {fill !== undefined && <span aria-hidden className={cn("size-1.5 shrink-0 rounded-full", fill)} />}
        {title}
      </dt>
      <dd className={cn("font-medium tabular-nums", isSmall ? "text-sm" : "text-lg")}>
        {href === undefined ? (
          children
        ) : (
          <Link href={href} prefetch={false} className="-mx-1 rounded-sm px-1 hover:bg-accent">
            {children}
          </Link>
        )}
      </dd>
    </div>
  );
}
