"use client";

import type { EventHistory } from "@eventfork/core/history";
import { useSuspenseQuery } from "@tanstack/react-query";
import { BackLink, LiveIndicator, live, PageHeader } from "@/components/layout/page-layout.tsx";
import { CopyId } from "@/components/ui/copy-id.tsx";
import { JsonBlock } from "@/components/ui/json-block.tsx";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import { useTRPC } from "@/trpc/client.tsx";
import { ExplanationCard } from "./explanation-card.tsx";
import { Timeline } from "./timeline.tsx";

export function EventView({ id }: { id: string }) {
  const trpc = useTRPC();
  const { data, isError } = useSuspenseQuery(live(trpc.events.story.queryOptions({ eventId: id })));
  const { event, integrations, traceId } = data;
  return (
    <div className="flex flex-col gap-5">
      <BackLink href="/admin/events">Events</BackLink>
      <PageHeader title={event.type} description={<Published event={event} />}>
        <CopyId id={event.id} />
        {traceId !== null && (
          <span className="inline-flex items-center gap-1.5 text-muted-foreground text-xs">
            Trace <CopyId id={traceId} />
          </span>
        )}
      </PageHeader>
      <div className="grid gap-4 xl:grid-cols-3">
        {integrations.map((why) => (
          <ExplanationCard key={why.integration} eventId={event.id} why={why} />
        ))}
      </div>
      <Timeline story={data} />
      <div className="flex flex-col gap-2">
        <JsonBlock title="Payload" text={JSON.stringify(event.envelope)} />
        {!data.isSearchable && (
          <p className="text-muted-foreground text-xs">
            It has more fields than can be searched for: those nearest to the top are found.
          </p>
        )}
      </div>
      <LiveIndicator isFailing={isError} />
    </div>
  );
}

function Published({ event }: { event: EventHistory["event"] }) {
  const { source, subject, recordedAt, publishedAt, quarantinedAt, discardedAt } = event;
  return (
    <span className="break-words">
      From {source}
      {subject !== null && <> about {subject}</>}, recorded <RelativeTime date={recordedAt} />.{" "}
      {publishedAt !== null && (
        <>
          Published <RelativeTime date={publishedAt} />.
        </>
      )}
      {publishedAt === null &&
        (quarantinedAt === null ? "Waiting in the outbox." : "Quarantined: it can never be published as it is.")}
      {discardedAt !== null && (
        <>
          {" "}
          Discarded <RelativeTime date={discardedAt} />: it goes to nobody.
        </>
      )}
    </span>
  );
}
