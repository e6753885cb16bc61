import type { Advice } from "@eventfork/core/dead-letters";
import type { ExplainedStatus } from "@eventfork/core/history";
import type { FailedClause } from "@eventfork/filter-policy";
import { LightbulbIcon } from "lucide-react";
import { Badge, type BadgeVariant } from "./badge.tsx";

const styles: Record<ExplainedStatus, { variant: BadgeVariant; title: string }> = {
  delivered: { variant: "success", title: "Delivered" },
  delivering: { variant: "info", title: "Delivering" },
  retrying: { variant: "warning", title: "Retrying" },
  dead: { variant: "destructive", title: "Dead-lettered" },
  waiting: { variant: "info", title: "Pending" },
  filtered: { variant: "neutral", title: "Filtered out" },
  overdue: { variant: "warning", title: "Overdue" },
  unpublished: { variant: "warning", title: "Not published" },
  unknown: { variant: "neutral", title: "Unknown" },
};

export function ExplainedStatusBadge({ status }: { status: ExplainedStatus }) {
  const { variant, title } = styles[status];
  return <Badge variant={variant}>{title}</Badge>;
}

const outcomes: Readonly<Record<string, { title: string; variant: BadgeVariant }>> = {
  delivered: { title: "Delivered", variant: "success" },
  retry: { title: "Failed (will retry)", variant: "warning" },
  rejected: { title: "Rejected", variant: "destructive" },
  exhausted: { title: "Attempts exhausted", variant: "destructive" },
  credentials: { title: "Credentials rejected", variant: "warning" },
};

export function AttemptOutcome({ outcome }: { outcome: string }) {
  const { title, variant } = outcomes[outcome] ?? { title: outcome, variant: "neutral" };
  return <Badge variant={variant}>{title}</Badge>;
}

export function FailedClauses({ because }: { because: readonly FailedClause[] }) {
  if (because.length === 0) return null;
  return (
    <ul className="flex flex-col gap-1 text-sm">
      {because.map(({ path, expected, actual, alternative }) => (
        <li key={`${alternative ?? ""} ${path} ${expected}`} className="break-words">
          {alternative !== undefined && (
            <span className="mr-1.5 text-muted-foreground text-xs">in the alternative {alternative}:</span>
          )}
          <code className="rounded-sm bg-muted px-1.5 py-0.5 font-mono text-xs">{path || "the event"}</code>{" "}
          <span className="text-muted-foreground">expected:</span> {expected},{" "}
          <span className="text-muted-foreground">actual:</span> <code className="font-mono text-xs">{actual}</code>
        </li>
      ))}
    </ul>
  );
}

export function AdviceText({ advice: { text, source } }: { advice: Advice }) {
  return (
    <div className="flex gap-2.5 rounded-md bg-info/8 px-3 py-2 text-sm">
      <LightbulbIcon aria-hidden className="mt-0.5 size-4 shrink-0 text-info" />
      <p className="min-w-0 text-pretty break-words">
        <span className="sr-only">Next step: </span>
        {text}
        {source !== null && (
          <>
            {" "}
            <a
              href={source}
              target="_blank"
              rel="noreferrer"
              className="whitespace-nowrap rounded-sm text-info underline underline-offset-4"
            >
              {describeHost(source)}
              <span className="sr-only"> (opens in a new tab)</span>
            </a>
          </>
        )}
      </p>
    </div>
  );
}

export function withoutAdvice(reason: string, { text }: Advice): string {
  return reason.endsWith(text) ? reason.slice(0, -text.length).trim() || reason : reason;
}

function describeHost(source: string): string {
  return URL.canParse(source) ? new URL(source).hostname : source;
}
