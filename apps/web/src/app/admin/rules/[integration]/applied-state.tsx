import type { RuleVersionItem } from "@eventfork/core/rules";
import { CheckIcon, LoaderIcon, TriangleAlertIcon } from "lucide-react";
import { RelativeTime } from "@/components/relative-time.tsx";
import { Badge } from "@/components/ui/badge.tsx";

/** How far a version has come: saved, refused or unreachable, accepted by SNS. AWS takes up to 15 minutes until it is in force. */
export function AppliedState({ version: { acceptedAt, applyError } }: { version: RuleVersionItem }) {
  if (acceptedAt !== null) {
    return (
      <Badge variant="success" title="AWS takes up to 15 minutes until an accepted policy is in force everywhere.">
        <CheckIcon aria-hidden className="size-3" />
        <span>
          Accepted by SNS <RelativeTime date={acceptedAt} />
        </span>
      </Badge>
    );
  }
  if (applyError !== null) {
    return (
      <div className="flex min-w-0 flex-col gap-1">
        <Badge variant="destructive">
          <TriangleAlertIcon aria-hidden className="size-3" />
          Not applied yet
        </Badge>
        <p className="break-words text-xs text-destructive">{applyError}</p>
      </div>
    );
  }
  return (
    <Badge variant="info">
      <LoaderIcon aria-hidden className="size-3" />
      Being applied
    </Badge>
  );
}
