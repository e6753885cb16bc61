import type { DeadLetterDetail } from "@eventfork/core/dead-letters";
import { integrations } from "@eventfork/core/topology";
import Link from "next/link";
import { WhyBadge } from "@/components/admin/why-badge.tsx";
import { JsonBlock } from "@/components/json-block.tsx";
import { RelativeTime } from "@/components/relative-time.tsx";
import { Card } from "@/components/ui/card.tsx";

export function Story({ data: { story, eventId } }: { data: DeadLetterDetail }) {
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
                <WhyBadge status={status} />
                {at !== null && <RelativeTime date={at} className="text-muted-foreground text-xs" />}
              </li>
            ))}
          </ul>
        </>
      )}
    </Card>
  );
}

export function RuleThen({ data: { rule, integration } }: { data: DeadLetterDetail }) {
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
