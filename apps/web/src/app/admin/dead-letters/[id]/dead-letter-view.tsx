"use client";

import { integrations, isIntegrationName } from "@eventfork/core/topology";
import { useSuspenseQuery } from "@tanstack/react-query";
import { ChevronLeftIcon } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { LiveIndicator } from "@/components/admin/live-indicator.tsx";
import { PageHeader } from "@/components/admin/page-header.tsx";
import { CopyId } from "@/components/copy-id.tsx";
import { IntegrationTitle } from "@/components/integration-title.tsx";
import { JsonBlock } from "@/components/json-block.tsx";
import { RelativeTime } from "@/components/relative-time.tsx";
import { deadLetterLooks, StatusBadge } from "@/components/status-badge.tsx";
import { Card } from "@/components/ui/card.tsx";
import { refreshEveryMs } from "@/lib/refresh.ts";
import { useTRPC } from "@/trpc/client.tsx";
import { ReplayDialog } from "../replay-dialog.tsx";

export function DeadLetterView({ id }: { id: string }) {
  const trpc = useTRPC();
  const { data, isError } = useSuspenseQuery({
    ...trpc.deadLetters.get.queryOptions({ id }),
    refetchInterval: refreshEveryMs,
  });
  const { integration, eventType, eventId, sentAt, firstReceivedAt } = data;
  const title = isIntegrationName(integration) ? integrations[integration].title : integration;
  return (
    <div className="flex flex-col gap-5">
      <Link
        href="/admin/dead-letters"
        className="inline-flex w-fit items-center gap-1 rounded-sm text-sm text-muted-foreground hover:text-foreground"
      >
        <ChevronLeftIcon aria-hidden className="size-4" />
        Dead letters
      </Link>
      <PageHeader title={`${eventType ?? "A message"} for ${title}`} description={<CopyId id={id} />}>
        <StatusBadge look={deadLetterLooks[data.status]} />
        {data.status === "open" && (
          <ReplayDialog count={1} whose={title} request={{ ids: [id] }}>
            Replay
          </ReplayDialog>
        )}
      </PageHeader>
      <Card className="border-destructive/25 p-5">
        <h2 className="text-sm font-semibold">Why it died</h2>
        <p className="mt-1.5 whitespace-pre-wrap break-words text-sm">{data.reason}</p>
        <p className="mt-1.5 font-mono text-xs text-muted-foreground">
          {[data.errorClass, data.errorCode].filter(Boolean).join(" · ")}
        </p>
      </Card>
      <Card>
        <dl className="grid gap-x-8 gap-y-4 p-5 text-sm sm:grid-cols-2 lg:grid-cols-3">
          <Fact title="Integration">
            <IntegrationTitle name={integration} />
          </Fact>
          <Fact title="Event">{eventId === null ? "The body is no event" : <CopyId id={eventId} />}</Fact>
          <Fact title="Received">
            {data.receiveCount.toLocaleString("en")} {data.receiveCount === 1 ? "time" : "times"}
          </Fact>
          <Fact title="Sent">{sentAt === null ? "Unknown" : <RelativeTime date={sentAt} />}</Fact>
          <Fact title="First received">
            {firstReceivedAt === null ? "Unknown" : <RelativeTime date={firstReceivedAt} />}
          </Fact>
          <Fact title="Kept here since">
            <RelativeTime date={data.archivedAt} />
          </Fact>
          <Fact title={deadLetterLooks[data.status].title}>
            <RelativeTime date={data.statusAt} />
          </Fact>
          <Fact title="SQS message">
            <CopyId id={data.messageId} />
          </Fact>
        </dl>
      </Card>
      <JsonBlock title="Payload" text={data.body} />
      <JsonBlock title="Attributes" text={JSON.stringify(data.attributes)} />
      <LiveIndicator isFailing={isError} />
    </div>
  );
}

function Fact({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-muted-foreground">{title}</dt>
      <dd className="mt-0.5 break-words">{children}</dd>
    </div>
  );
}
