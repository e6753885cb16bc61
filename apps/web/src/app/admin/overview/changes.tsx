import type { Change } from "@eventfork/core/overview";
import Link from "next/link";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import { shortenId } from "@/lib/format.ts";

const verbs: Record<string, string> = {
  "integration.paused": "paused",
  "integration.resumed": "resumed",
  "rule.saved": "saved a rule:",
  "rule.rolled_back": "rolled a rule back:",
  "rule.adopted": "adopted the live rule:",
  "rule.reapplied": "applied a rule again:",
  "replay.started": "started a replay:",
  "dead_letters.discarded": "discarded dead letters:",
  "outbox.retried": "had the outbox tried again:",
  "outbox.discarded": "discarded from the outbox:",
};

export function Changes({ changes }: { changes: readonly Change[] }) {
  if (changes.length === 0)
    return <p className="text-muted-foreground text-sm">Nobody has changed anything in this time.</p>;
  return (
    <div className="border-t pt-4">
      <h3 className="font-medium text-sm">
        Changes <span className="font-normal text-muted-foreground">(dashed in the chart)</span>
      </h3>
      <ul className="mt-2 flex flex-col gap-1.5 text-sm">
        {changes.map(({ id, at, actor, action, target }) => (
          <li key={id} className="flex flex-wrap items-baseline gap-x-2">
            <RelativeTime date={at} className="w-32 shrink-0 text-muted-foreground text-xs" />
            <span className="min-w-0 break-words" dir="auto">
              {describeActor(actor)} {verbs[action] ?? action} <Target of={target} />
            </span>
          </li>
        ))}
      </ul>
      <Link
        href="/admin/audit"
        className="mt-3 inline-block rounded-sm text-muted-foreground text-sm underline-offset-4 hover:text-foreground hover:underline"
      >
        The whole audit log
      </Link>
    </div>
  );
}

function Target({ of: target }: { of: string }) {
  if (!target.startsWith("rpl_")) return target;
  return (
    <Link
      href={`/admin/replays/${target}`}
      title={target}
      className="rounded-sm font-mono text-xs underline underline-offset-4 hover:text-foreground"
    >
      {shortenId(target)}
    </Link>
  );
}

export function describeActor(actor: string | null): string {
  return actor === null || actor.startsWith("system:") ? "System" : actor;
}
