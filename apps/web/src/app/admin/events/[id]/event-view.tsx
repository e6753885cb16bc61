"use client";

import type { EventItem } from "@eventfork/core/rules";
import { useSuspenseQuery } from "@tanstack/react-query";
import { LiveIndicator } from "@/components/admin/live-indicator.tsx";
import { PageHeader } from "@/components/admin/page-header.tsx";
import { CopyId } from "@/components/copy-id.tsx";
import { JsonBlock } from "@/components/json-block.tsx";
import { RelativeTime } from "@/components/relative-time.tsx";
import { refreshEveryMs } from "@/lib/refresh.ts";
import { useTRPC } from "@/trpc/client.tsx";
import { WhyCard } from "./why-card.tsx";

export function EventView({ id }: { id: string }) {
  const trpc = useTRPC();
  const { data, isError } = useSuspenseQuery({
    ...trpc.events.explain.queryOptions({ eventId: id }),
    refetchInterval: refreshEveryMs,
  });
  const { event, integrations } = data;
  return (
    <div className="flex flex-col gap-5">
      <PageHeader title={event.type} description={<Published event={event} />}>
        <CopyId id={event.id} />
      </PageHeader>
      <div className="grid gap-4 xl:grid-cols-3">
        {integrations.map((why) => (
          <WhyCard key={why.integration} eventId={event.id} why={why} />
        ))}
      </div>
      <JsonBlock title="As it goes over the wire" text={JSON.stringify(event.envelope)} />
      <LiveIndicator isFailing={isError} />
    </div>
  );
}

function Published({ event }: { event: EventItem }) {
  const { source, recordedAt, publishedAt, publishError, setAsideAt, discardedAt } = event;
  return (
    <>
      From {source}, recorded <RelativeTime date={recordedAt} />.{" "}
      {publishedAt !== null && (
        <>
          Accepted by SNS <RelativeTime date={publishedAt} />.
        </>
      )}
      {publishedAt === null && (setAsideAt === null ? "Waiting in the outbox. " : "Set aside: SNS can never take it. ")}
      {publishError}
      {discardedAt !== null && (
        <>
          {" "}
          Discarded <RelativeTime date={discardedAt} />: it goes to nobody.
        </>
      )}
    </>
  );
}
