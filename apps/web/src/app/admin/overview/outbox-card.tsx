"use client";

import type { OutboxHealth, OutboxStatus } from "@eventfork/core/outbox";
import { formatCapped, formatNumber } from "@eventfork/core/platform/text/numbers";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import type { ReactNode } from "react";
import { toast } from "sonner";
import { useCanChange } from "@/components/layout/operator.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/panels.tsx";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import { formatSeconds } from "@/lib/format.ts";
import { useTRPC } from "@/trpc/client.tsx";

const DiscardDialog = dynamic(() => import("./outbox-discard-dialog.tsx").then((module) => module.OutboxDiscardDialog));

export function OutboxCard({ outbox: { depth, oldestSeconds, stuck, quarantined } }: { outbox: OutboxStatus }) {
  return (
    <Card id="outbox" className="flex scroll-mt-6 flex-col gap-4 p-5">
      <div className="flex flex-wrap items-center justify-between gap-4">
        <div>
          <h2 className="text-sm font-semibold">Outbox</h2>
          <p className="text-sm text-muted-foreground">Events that are not published yet.</p>
        </div>
        <dl className="flex gap-8 text-sm">
          <div>
            <dt className="text-xs text-muted-foreground">Waiting</dt>
            <dd className="text-lg font-medium tabular-nums">{formatCapped(depth)}</dd>
          </div>
          <div>
            <dt className="text-xs text-muted-foreground">Oldest</dt>
            <dd className="text-lg font-medium tabular-nums">{depth === 0 ? "—" : formatSeconds(oldestSeconds)}</dd>
          </div>
        </dl>
      </div>
      {stuck.count > 0 && <OutboxIssue health={stuck} what="stuck for more than ten minutes" />}
      {quarantined.count > 0 && (
        <OutboxIssue health={quarantined} what="quarantined: it cannot be published as it is">
          <RetryButton />
          <DiscardDialog quarantined={quarantined} />
        </OutboxIssue>
      )}
    </Card>
  );
}

function OutboxIssue({ health, what, children }: { health: OutboxHealth; what: string; children?: ReactNode }) {
  const { count, oldestAt, error } = health;
  return (
    <div className="flex flex-col items-start justify-between gap-3 rounded-md bg-warning/8 sm:flex-row sm:items-center px-3 py-2 text-sm">
      <p className="min-w-0 break-words">
        {formatCapped(count)} {what}
        {oldestAt !== null && (
          <>
            , the oldest <RelativeTime date={oldestAt} />
          </>
        )}
        .{error !== null && <span className="block text-muted-foreground">{error}</span>}
      </p>
      {children !== undefined && <div className="flex shrink-0 flex-wrap justify-end gap-2">{children}</div>}
    </div>
  );
}

function RetryButton() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const canChange = useCanChange();
  const retry = useMutation(
    trpc.outbox.retry.mutationOptions({
      onSuccess: ({ retried }) => toast.success(`${formatNumber(retried)} will be published again within a minute.`),
      onError: (error) => toast.error(error.message),
      onSettled: () => queryClient.invalidateQueries(trpc.overview.pathFilter()),
    }),
  );
  if (!canChange) return null;
  return (
    <Button size="sm" variant="outline" disabled={retry.isPending} onClick={() => retry.mutate()}>
      Try again
    </Button>
  );
}
