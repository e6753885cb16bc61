"use client";

import type { DeliveryDetail } from "@eventfork/core/history";
import { formatNumber } from "@eventfork/core/platform/text/numbers";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useQueryStates } from "nuqs";
import type { ReactNode } from "react";
import { ReplayDialog } from "@/components/forms/replay-dialog.tsx";
import { DescriptionItem, live } from "@/components/layout/page-layout.tsx";
import { IntegrationTitle } from "@/components/table/integration.tsx";
import { CopyId } from "@/components/ui/copy-id.tsx";
import { Dialog, DialogDescription, DialogTitle } from "@/components/ui/dialog.tsx";
import { AdviceText, AttemptOutcome, withoutAdvice } from "@/components/ui/outcomes.tsx";
import { Skeleton } from "@/components/ui/panels.tsx";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import { SheetContent } from "@/components/ui/sheet.tsx";
import { ErrorState } from "@/components/ui/states.tsx";
import {
  deadLetterStatusStyles,
  deliveryStatusStyles,
  replayItemStatusStyles,
  StatusBadge,
  statusStyle,
} from "@/components/ui/status-badge.tsx";
import { useTRPC } from "@/trpc/client.tsx";
import { idOfLink } from "./columns.tsx";
import { deliveriesParams, parseKey, serialiseDeliveriesParams } from "./search-params.ts";

export function DeliveryPanel() {
  const [{ delivery }, setParams] = useQueryStates(deliveriesParams, { history: "push" });
  const key = parseKey(delivery);
  return (
    <Dialog open={key !== null} onOpenChange={(isOpen) => !isOpen && setParams({ delivery: null })}>
      {key !== null && (
        <SheetContent
          aria-describedby={undefined}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            document.getElementById(idOfLink(delivery ?? ""))?.focus();
          }}
        >
          <Content {...key} />
        </SheetContent>
      )}
    </Dialog>
  );
}

function Content({ eventId, integration }: { eventId: string; integration: string }) {
  const trpc = useTRPC();
  const { data, error, refetch } = useQuery(live(trpc.deliveries.get.queryOptions({ eventId, integration })));
  if (data !== undefined) return <DeliveryStory delivery={data} />;
  return (
    <>
      <DialogTitle className="pr-10">Delivery</DialogTitle>
      {error === null ? (
        <DialogDescription asChild>
          <div role="status" aria-label="Loading the delivery" className="flex flex-col gap-4">
            <Skeleton className="h-6 w-48" />
            <Skeleton className="h-32" />
            <Skeleton className="h-48" />
          </div>
        </DialogDescription>
      ) : (
        <ErrorState title="It cannot be shown" message={error.message} onRetry={() => refetch()} />
      )}
    </>
  );
}

const linkClass = "rounded-sm underline underline-offset-4 hover:text-foreground";

function DeliveryStory({ delivery }: { delivery: DeliveryDetail }) {
  const { eventId, integration, eventType, status, deadLetter } = delivery;
  return (
    <>
      <header className="flex flex-col items-start gap-2 pr-10">
        <DialogTitle className="break-words">
          {eventType} for <IntegrationTitle name={integration} />
        </DialogTitle>
        <StatusBadge style={deliveryStatusStyles[status]} />
      </header>
      <Outcome delivery={delivery} />
      {deadLetter !== null && (
        <PanelSection title="Dead letter">
          <div className="flex flex-wrap items-center justify-between gap-3">
            <p className="flex flex-wrap items-center gap-2 text-sm">
              <StatusBadge style={deadLetterStatusStyles[deadLetter.status]} />
              <Link href={`/admin/dead-letters/${deadLetter.id}`} className={linkClass}>
                dead-lettered {deadLetter.deadLetterCount > 1 && `${deadLetter.deadLetterCount} times, `}
                <RelativeTime date={deadLetter.archivedAt} />
              </Link>
            </p>
            {deadLetter.status === "open" && (
              <ReplayDialog size="sm" selection={{ source: "dead_letters", ids: [deadLetter.id] }}>
                Replay…
              </ReplayDialog>
            )}
          </div>
        </PanelSection>
      )}
      <PanelSection title={`Attempts (${delivery.attempts})`}>
        <Attempts delivery={delivery} />
      </PanelSection>
      {delivery.replayList.length > 0 && (
        <PanelSection title="Replays">
          <ul className="flex flex-col gap-3">
            {delivery.replayList.map(({ replayId, createdAt, createdBy, itemState, note }) => (
              <li key={replayId} className="text-sm">
                <Link href={`/admin/replays/${replayId}`} className={linkClass}>
                  <RelativeTime date={createdAt} /> by {createdBy}
                </Link>{" "}
                <StatusBadge style={statusStyle(replayItemStatusStyles, itemState)} />
                {note !== null && <p className="break-words text-muted-foreground text-xs">{note}</p>}
              </li>
            ))}
          </ul>
        </PanelSection>
      )}
      <PanelSection title="Where it belongs">
        <dl className="grid grid-cols-2 gap-x-6 gap-y-3 text-sm">
          <DescriptionItem title="Event">
            <Link href={`/admin/events/${eventId}`} className={linkClass}>
              Why it went where
            </Link>{" "}
            <CopyId id={eventId} />
          </DescriptionItem>
          <DescriptionItem title="Person">
            <Person subject={delivery.subject} />
          </DescriptionItem>
          <DescriptionItem title="Integration">
            <IntegrationTitle name={integration} />
          </DescriptionItem>
          <DescriptionItem title="Source">{delivery.source ?? "The event is no longer kept"}</DescriptionItem>
          <DescriptionItem title="First attempt">
            <RelativeTime date={delivery.firstAttemptAt} />
          </DescriptionItem>
          <DescriptionItem title="Last attempt">
            <RelativeTime date={delivery.lastAttemptAt} />
          </DescriptionItem>
          {delivery.nextAttemptAt !== null && (
            <DescriptionItem title="Next attempt">
              <RelativeTime date={delivery.nextAttemptAt} />
            </DescriptionItem>
          )}
          {delivery.deliveredAt !== null && (
            <DescriptionItem title="Delivered">
              <RelativeTime date={delivery.deliveredAt} />
            </DescriptionItem>
          )}
        </dl>
      </PanelSection>
    </>
  );
}

function Outcome({ delivery }: { delivery: DeliveryDetail }) {
  const { status, response, errorMessage, errorCode, errorClass, advice, integration, isPossiblyDelivered } = delivery;
  const isUnhappy = errorMessage !== null || errorCode !== null;
  return (
    <section aria-label="Response" className="flex flex-col gap-3">
      {isUnhappy && (
        <div>
          <p className="break-words text-destructive">
            {advice === null ? errorMessage : withoutAdvice(errorMessage ?? errorCode ?? "", advice)}
          </p>
          <p className="mt-1 flex flex-wrap gap-x-3 text-muted-foreground text-xs">
            <span className="break-all font-mono">{[errorClass, errorCode].filter(Boolean).join(" · ")}</span>
            {errorCode !== null && (
              <Link href={serialiseDeliveriesParams("/admin/deliveries", { error: errorCode })} className={linkClass}>
                All with this error
              </Link>
            )}
          </p>
        </div>
      )}
      {response !== null && (
        <p className="break-words text-sm">
          <span className="text-muted-foreground">It answered: </span>
          {response}
        </p>
      )}
      {!isUnhappy && response === null && (
        <p className="text-muted-foreground text-sm">
          {isPossiblyDelivered ? "Its consumer ended unexpectedly." : "No response was recorded."}
        </p>
      )}
      {advice !== null && status !== "delivered" && <AdviceText advice={advice} />}
      {isPossiblyDelivered && (
        <p className="text-muted-foreground text-sm">
          An attempt may have reached the provider.
          {integration === "slack" && " Before it is posted again, the channel is searched for it."}
        </p>
      )}
    </section>
  );
}

function Attempts({ delivery: { attemptList } }: { delivery: DeliveryDetail }) {
  if (attemptList.length === 0) {
    return <p className="text-muted-foreground text-sm">None is recorded: no attempt has ended yet.</p>;
  }
  return (
    <ol className="flex flex-col gap-3" reversed>
      {attemptList.map(({ number, outcome, startedAt, durationMs, errorCode, errorMessage, response }) => (
        <li key={number} className="border-l-2 pl-3">
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm">
            <span className="font-medium tabular-nums">{number}</span>
            <AttemptOutcome outcome={outcome} />
            <span className="text-muted-foreground text-xs tabular-nums">
              <RelativeTime date={startedAt} />, took {formatNumber(durationMs)} ms
            </span>
          </p>
          <p className="mt-1 break-words text-muted-foreground text-sm">
            {errorCode !== null && <span className="mr-1.5 font-mono text-xs">{errorCode}</span>}
            {errorMessage ?? response ?? "No answer"}
          </p>
        </li>
      ))}
    </ol>
  );
}

function Person({ subject }: { subject: string | null }) {
  if (subject === null) return "Nobody";
  if (!subject.startsWith("usr_")) return <CopyId id={subject} />;
  return (
    <>
      <Link href={`/admin/people/${subject}`} className={linkClass}>
        Who it is about
      </Link>{" "}
      <CopyId id={subject} />
    </>
  );
}

function PanelSection({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="flex flex-col gap-3 border-t pt-4">
      <h3 className="font-semibold text-sm">{title}</h3>
      {children}
    </section>
  );
}
