import type { RuleVersionItem } from "@eventfork/core/rules";
import { CheckIcon, CircleDashedIcon, LoaderIcon, TriangleAlertIcon } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { Badge, type BadgeVariant } from "@/components/ui/badge.tsx";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import { cn } from "@/lib/utils.ts";

const stateStyles: Record<RuleVersionItem["state"], { variant: BadgeVariant; title: string }> = {
  saved: { variant: "warning", title: "Not applied yet" },
  accepted: { variant: "info", title: "Rolling out" },
  "in force": { variant: "success", title: "In effect" },
  skipped: { variant: "neutral", title: "Never applied" },
};

export function RuleStateBadge({ version: { state } }: { version: RuleVersionItem }) {
  const { variant, title } = stateStyles[state];
  return <Badge variant={variant}>{title}</Badge>;
}

export function AppliedState({ version }: { version: RuleVersionItem }) {
  const { state, createdAt, acceptedAt, applyError, applyAttempts, applyNextAt, provenBy, inForceAt } = version;
  const isInEffect = state === "in force";
  return (
    <div className="flex flex-col gap-2 text-xs">
      <ol className="flex flex-wrap gap-x-5 gap-y-2">
        <Step isDone title="Saved">
          <RelativeTime date={createdAt} />
        </Step>
        <Step isDone={acceptedAt !== null} isFailed={applyError !== null} title="Accepted">
          {acceptedAt === null ? state === "skipped" ? "overtaken" : "not yet" : <RelativeTime date={acceptedAt} />}
        </Step>
        <Step isDone={isInEffect} isUnderWay={state === "accepted"} title="In effect">
          {state === "accepted" && "up to 15 minutes; no event has shown it yet"}
          {inForceAt !== null && <RelativeTime date={inForceAt} />}
          {inForceAt !== null && provenBy === null && ", as 15 minutes are over"}
          {provenBy !== null && (
            <>
              , shown by{" "}
              <Link href={`/admin/events/${provenBy}`} className="rounded-sm font-mono underline underline-offset-4">
                {provenBy.slice(-6)}
              </Link>
            </>
          )}
        </Step>
      </ol>
      {applyError !== null && (
        <p className="break-words text-destructive">
          {applyError} Tried {applyAttempts === 1 ? "once" : `${applyAttempts} times`}
          {applyNextAt !== null && (
            <>
              ; again <RelativeTime date={applyNextAt} />
            </>
          )}
          .
        </p>
      )}
    </div>
  );
}

type StepProps = { isDone: boolean; isFailed?: boolean; isUnderWay?: boolean; title: string; children: ReactNode };

function Step({ isDone, isFailed = false, isUnderWay = false, title, children }: StepProps) {
  const Icon = isDone ? CheckIcon : isFailed ? TriangleAlertIcon : isUnderWay ? LoaderIcon : CircleDashedIcon;
  const colour = isDone
    ? "text-success"
    : isFailed
      ? "text-destructive"
      : isUnderWay
        ? "text-info"
        : "text-muted-foreground";
  return (
    <li className="flex items-start gap-1.5">
      <Icon aria-hidden className={cn("mt-px size-3.5 shrink-0", colour)} />
      <span>
        <span className="font-medium">{title}</span> <span className="text-muted-foreground">{children}</span>
      </span>
    </li>
  );
}
