"use client";

import type { DeadLetterDetail } from "@eventfork/core/history";
import { integrations, isIntegrationName } from "@eventfork/core/topology";
import { useMutation, useSuspenseQuery } from "@tanstack/react-query";
import Link from "next/link";
import { ReplayDialog } from "@/components/forms/replay-dialog.tsx";
import {
  BackLink,
  DescriptionItem,
  DescriptionList,
  LiveIndicator,
  live,
  PageHeader,
} from "@/components/layout/page-layout.tsx";
import { IntegrationTitle } from "@/components/table/integration.tsx";
import { CopyId } from "@/components/ui/copy-id.tsx";
import { JsonBlock } from "@/components/ui/json-block.tsx";
import { AdviceText, ExplainedStatusBadge, withoutAdvice } from "@/components/ui/outcomes.tsx";
import { Card } from "@/components/ui/panels.tsx";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import { deadLetterStatusStyles, StatusBadge } from "@/components/ui/status-badge.tsx";
import { pluralise } from "@/lib/format.ts";
import { useTRPC } from "@/trpc/client.tsx";
import { DeadLetterDiscardDialog, RestoreButton } from "../discard-dialog.tsx";
import { Attempts, Failures, Replays } from "./attempt-history.tsx";
import { Payload } from "./payload.tsx";

export function DeadLetterView({ id }: { id: string }) {
  const trpc = useTRPC();
  const { data, isError } = useSuspenseQuery(live(trpc.deadLetters.get.queryOptions({ id })));
  const reveal = useMutation(trpc.deadLetters.reveal.mutationOptions());
  const { integration, eventType, status } = data;
  const isKnown = isIntegrationName(integration);
  const title = isKnown ? integrations[integration].title : integration;
  return (
    <div className="flex flex-col gap-5">
      <BackLink href="/admin/dead-letters">Dead letters</BackLink>
      <PageHeader title={`${eventType ?? "A message"} for ${title}`} description={<CopyId id={id} />}>
        <StatusBadge style={deadLetterStatusStyles[status]} />
        {status === "open" && <DeadLetterDiscardDialog selection={{ ids: [id] }} count={1} />}
        {status === "open" && isKnown && data.eventId !== null && (
          <ReplayDialog size="sm" selection={{ source: "dead_letters", ids: [id] }}>
            Replay…
          </ReplayDialog>
        )}
        {status === "discarded" && <RestoreButton selection={{ ids: [id] }} count={1} />}
      </PageHeader>
      <FailureReason data={data} revealed={reveal.data?.reason ?? null} />
      <Payload data={data} reveal={reveal} canEdit={status === "open" && isKnown} />
      <Attempts data={data} />
      <Failures data={data} />
      <Replays data={data} />
      <EventLink data={data} />
      <RuleThen data={data} />
      <Circumstances data={data} />
      <JsonBlock title="Attributes" text={JSON.stringify(data.attributes)} />
      <LiveIndicator isFailing={isError} />
    </div>
  );
}

function FailureReason({ data, revealed }: { data: DeadLetterDetail; revealed: string | null }) {
  const { reason, errorClass, errorCode, advice, status, discardReason, discardedBy, fingerprint } = data;
  return (
    <Card role="region" aria-label="Failure reason" className="flex flex-col gap-3 border-destructive/25 p-5">
      <div>
        <h2 className="font-semibold text-sm">Failure reason</h2>
        <p className="mt-1.5 whitespace-pre-wrap break-words">{withoutAdvice(revealed ?? reason, advice)}</p>
        <p className="mt-1.5 flex flex-wrap gap-x-3 text-muted-foreground text-xs">
          <span className="font-mono">{[errorClass, errorCode].filter(Boolean).join(" · ")}</span>
          {fingerprint !== "" && (
            <Link
              href={`/admin/dead-letters?group=${fingerprint}`}
              className="rounded-sm underline underline-offset-4 hover:text-foreground"
            >
              All with this cause
            </Link>
          )}
        </p>
      </div>
      <AdviceText advice={advice} />
      {status === "discarded" && (
        <p className="break-words text-muted-foreground text-sm">
          Discarded by {discardedBy ?? "somebody"}: {discardReason ?? "no reason was given"}
        </p>
      )}
    </Card>
  );
}

function Circumstances({ data }: { data: DeadLetterDetail }) {
  const { eventId, sentAt, firstReceivedAt, lastReceivedAt } = data;
  return (
    <Card>
      <DescriptionList>
        <DescriptionItem title="Integration">
          <IntegrationTitle name={data.integration} />
        </DescriptionItem>
        <DescriptionItem title="Event">
          {eventId === null ? "The body is no event" : <CopyId id={eventId} />}
        </DescriptionItem>
        <DescriptionItem title="Person">
          {data.subject === null ? "Unknown" : <CopyId id={data.subject} />}
        </DescriptionItem>
        <DescriptionItem title="Received">{pluralise(data.receiveCount, "time")}</DescriptionItem>
        <DescriptionItem title="Sent">{sentAt === null ? "Unknown" : <RelativeTime date={sentAt} />}</DescriptionItem>
        <DescriptionItem title="First received">
          {firstReceivedAt === null ? "Unknown" : <RelativeTime date={firstReceivedAt} />}
        </DescriptionItem>
        <DescriptionItem title="Last received">
          {lastReceivedAt === null ? "Unknown" : <RelativeTime date={lastReceivedAt} />}
        </DescriptionItem>
        <DescriptionItem title="Kept here since">
          <RelativeTime date={data.archivedAt} />
        </DescriptionItem>
        <DescriptionItem title={deadLetterStatusStyles[data.status].title}>
          <RelativeTime date={data.statusAt} />
        </DescriptionItem>
        <DescriptionItem title="SQS message">
          <CopyId id={data.messageId} />
        </DescriptionItem>
      </DescriptionList>
    </Card>
  );
}

function EventLink({ data: { story, eventId } }: { data: DeadLetterDetail }) {
  if (eventId === null) return null;
  return (
    <Card role="region" aria-label="The event’s story" className="flex flex-col gap-3 p-5 text-sm">
      <h2 className="font-semibold">The event’s story</h2>
      {story === null ? (
        <p className="text-muted-foreground">
          The event is not recorded here: it is an external event, or it has been deleted for its age.
        </p>
      ) : (
        <>
          <p className="break-words text-muted-foreground">
            {story.event.type} from {story.event.source}, recorded <RelativeTime date={story.event.recordedAt} />.{" "}
            <Link href={`/admin/events/${eventId}`} className="rounded-sm underline underline-offset-4">
              The whole story
            </Link>
          </p>
          <ul className="flex flex-col gap-2">
            {story.integrations.map(({ integration, status, at }) => (
              <li key={integration} className="flex flex-wrap items-center gap-x-3 gap-y-1">
                <span className="w-24 shrink-0">{integrations[integration].title}</span>
                <ExplainedStatusBadge status={status} />
                {at !== null && <RelativeTime date={at} className="text-muted-foreground text-xs" />}
              </li>
            ))}
          </ul>
        </>
      )}
    </Card>
  );
}

function RuleThen({ data: { rule, integration } }: { data: DeadLetterDetail }) {
  if (rule === null) return null;
  return (
    <section aria-label="The rule then" className="flex flex-col gap-2">
      <p className="text-muted-foreground text-sm">
        When the event was published,{" "}
        <Link href={`/admin/rules/${integration}`} className="rounded-sm underline underline-offset-4">
          version {rule.version} of the rule
        </Link>{" "}
        {rule.wasWanted ? "let it through." : "would have kept it out; it was sent all the same."}
      </p>
      <JsonBlock title={`The rule then, version ${rule.version}`} text={JSON.stringify(rule.policy)} />
    </section>
  );
}
