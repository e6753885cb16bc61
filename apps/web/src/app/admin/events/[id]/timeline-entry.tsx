import type { TimelineEntry } from "@eventfork/core/history";
import { formatNumber } from "@eventfork/core/platform/text/numbers";
import Link from "next/link";
import type { ReactNode } from "react";
import { FailedClauses } from "@/components/ui/outcomes.tsx";
import { replayItemStatusStyles, StatusBadge, statusStyle } from "@/components/ui/status-badge.tsx";
import { pluralise } from "@/lib/format.ts";

type Tone = "success" | "warning" | "destructive" | "neutral";

const outcomes: Readonly<Record<string, { words: string; tone: Tone }>> = {
  delivered: { words: "delivered", tone: "success" },
  retry: { words: "to be tried again", tone: "warning" },
  rejected: { words: "rejected", tone: "destructive" },
  credentials: { words: "credentials refused", tone: "warning" },
};

export function describeTitle(entry: TimelineEntry): { words: string; tone: Tone } {
  const plain = (words: string, tone: Tone = "neutral") => ({ words, tone });
  switch (entry.kind) {
    case "happened":
      return plain(`Happened, says ${entry.source}`);
    case "recorded":
      return plain(`Recorded, from ${entry.source}`);
    case "published":
      return plain("Published", "success");
    case "publish_failed":
      return plain("Not published yet", "warning");
    case "set_aside":
      return plain("Quarantined: it can never be published as it is", "destructive");
    case "discarded":
      return plain("Discarded: it goes to nobody");
    case "erased":
      return plain("The data of the person was erased");
    case "filtered":
      return plain(`Filtered out by version ${entry.decision.version} of the rule`);
    case "sent_anyway":
      return plain(`Sent once more by ${entry.by}`);
    case "attempt": {
      const { words, tone } = outcomes[entry.outcome] ?? { words: entry.outcome, tone: "neutral" };
      return { words: `Attempt ${entry.number}: ${words}`, tone };
    }
    case "died":
      return plain("Became a dead letter", "destructive");
    case "letter_resolved":
      return plain("Its dead letter was resolved", "success");
    case "letter_discarded":
      return plain("Its dead letter was discarded");
    case "replayed":
      return plain(`Replayed by ${entry.by}`);
    case "overdue":
      return plain(entry.isStalled ? "Overdue: its next attempt never came" : "Overdue: it has not come", "warning");
    case "next_attempt":
      return plain("Next attempt");
  }
}

export function Details({ entry }: { entry: TimelineEntry }) {
  switch (entry.kind) {
    case "published":
      return entry.attempts > 1 ? <Small>After {pluralise(entry.attempts, "attempt")}.</Small> : null;
    case "publish_failed":
    case "set_aside":
      return entry.error === null ? null : <Answer>{entry.error}</Answer>;
    case "filtered":
      return <Filtered decision={entry.decision} />;
    case "attempt":
      return <Attempt entry={entry} />;
    case "died":
      return (
        <>
          <Answer code={entry.errorCode}>{entry.reason}</Answer>
          <LetterLink id={entry.deadLetterId} />
        </>
      );
    case "letter_resolved":
    case "letter_discarded":
      return (
        <>
          {entry.reason !== null && <Answer>{entry.reason}</Answer>}
          <LetterLink id={entry.deadLetterId} />
        </>
      );
    case "replayed":
      return (
        <>
          <p className="flex flex-wrap items-center gap-2">
            <StatusBadge style={statusStyle(replayItemStatusStyles, entry.state)} />
            <Link href={`/admin/replays/${entry.replayId}`} className="rounded-sm text-xs underline underline-offset-4">
              The replay
            </Link>
          </p>
          {entry.note !== null && <Answer>{entry.note}</Answer>}
        </>
      );
    case "overdue":
      if (entry.ruleVersion === null) return null;
      return <Small>Version {entry.ruleVersion} of the rule wanted it.</Small>;
    default:
      return null;
  }
}

function Filtered({ decision }: { decision: Extract<TimelineEntry, { kind: "filtered" }>["decision"] }) {
  return (
    <>
      <FailedClauses because={decision.because} />
      {decision.contested !== null && (
        <Small>
          It was still rolling out: version {decision.contested.version}, which would{" "}
          {decision.contested.isWanted ? "have let it through" : "have kept it out"}, may have decided.
        </Small>
      )}
    </>
  );
}

function Attempt({ entry }: { entry: Extract<TimelineEntry, { kind: "attempt" }> }) {
  const { request, durationMs, receiveCount, errorCode, answer } = entry;
  return (
    <>
      <Small>
        {request !== null && <code className="mr-1.5 font-mono">{request}</code>}
        took {formatNumber(durationMs)} ms
        {receiveCount > 1 && `, received ${pluralise(receiveCount, "time")}`}
      </Small>
      {(answer !== null || errorCode !== null) && <Answer code={errorCode}>{answer}</Answer>}
    </>
  );
}

function Small({ children }: { children: ReactNode }) {
  return <p className="text-muted-foreground text-xs">{children}</p>;
}

function Answer({ code = null, children }: { code?: string | null; children: ReactNode }) {
  return (
    <p dir="auto" className="line-clamp-4 break-words text-xs">
      {code !== null && <span className="mr-1.5 font-mono text-muted-foreground">{code}</span>}
      {children}
    </p>
  );
}

function LetterLink({ id }: { id: string }) {
  return (
    <Link href={`/admin/dead-letters/${id}`} className="w-fit rounded-sm text-xs underline underline-offset-4">
      The dead letter
    </Link>
  );
}
