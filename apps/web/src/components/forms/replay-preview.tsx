import { formatNumber } from "@eventfork/core/platform/text/numbers";
import type { ReplayPreview } from "@eventfork/core/replays";
import type { ReactNode } from "react";
import { Alert } from "@/components/ui/panels.tsx";
import { formatSeconds, pluralise } from "@/lib/format.ts";

type ReplayPreviewDetailsProps = { preview: ReplayPreview; perSecond: number };

export function ReplayPreviewDetails({ preview, perSecond }: ReplayPreviewDetailsProps) {
  const { total, people, integrations } = preview;
  const paused = integrations.filter(({ isPaused }) => isPaused).map(({ title }) => title);
  return (
    <div className="flex flex-col gap-4">
      {total > 0 && (
        <dl className="grid grid-cols-2 gap-x-6 gap-y-3 rounded-lg border bg-muted/40 px-4 py-3 text-sm sm:grid-cols-3">
          <PreviewItem title="Would be sent">{formatNumber(total)}</PreviewItem>
          <PreviewItem title="People">{formatNumber(people)}</PreviewItem>
          <PreviewItem title="Takes about">{formatSeconds(Math.max(1, Math.ceil(total / perSecond)))}</PreviewItem>
          <div className="col-span-full min-w-0">
            <dt className="text-muted-foreground text-xs">To</dt>
            <dd className="mt-0.5">
              {integrations.map(({ name, title, count }) => (
                <span key={name} className="mr-4 inline-block">
                  {title} <span className="text-muted-foreground tabular-nums">{formatNumber(count)}</span>
                </span>
              ))}
            </dd>
          </div>
        </dl>
      )}
      {paused.length > 0 && (
        <Alert variant="warning">
          {paused.join(" and ")} {paused.length === 1 ? "is" : "are"} paused. The replay waits until somebody resumes{" "}
          {paused.length === 1 ? "it" : "them"}, and then continues by itself.
        </Alert>
      )}
      <NotSent preview={preview} />
    </div>
  );
}

function PreviewItem({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-muted-foreground text-xs">{title}</dt>
      <dd className="mt-0.5 font-medium tabular-nums">{children}</dd>
    </div>
  );
}

function NotSent({ preview }: { preview: ReplayPreview }) {
  const { alreadyDelivered, inOtherReplays, unsendable, removed, gone, filtered } = preview;
  const lines: [count: number, text: string][] = [
    [alreadyDelivered, "delivered already: skipped"],
    [inOtherReplays, "on their way in another replay: left to it"],
    [unsendable, "cannot be sent: the body is no event. Edit it first"],
    [removed, "belong to an integration that has been removed: left as they are"],
    [gone, "not there any more: dropped, or never there"],
  ];
  const shown = lines.filter(([count]) => count > 0);
  if (shown.length === 0 && filtered === null) return null;
  return (
    <ul className="flex flex-col gap-1 text-muted-foreground text-sm">
      {filtered !== null && (
        <li>
          {pluralise(filtered.scanned, "event")} since version {filtered.since} of the rule looked at, with version{" "}
          {filtered.active}.
        </li>
      )}
      {shown.map(([count, text]) => (
        <li key={text}>
          <span className="font-medium text-foreground tabular-nums">{formatNumber(count)}</span> {text}.
        </li>
      ))}
    </ul>
  );
}
