import type { EventHistory, TimelineEntry } from "@eventfork/core/history";
import {
  AlarmClockIcon,
  BanIcon,
  CheckIcon,
  CircleDotIcon,
  ClockIcon,
  DatabaseIcon,
  EraserIcon,
  FilterIcon,
  type LucideIcon,
  PlugZapIcon,
  RotateCwIcon,
  SendIcon,
  SkullIcon,
  TriangleAlertIcon,
} from "lucide-react";
import { IntegrationTitle } from "@/components/table/integration.tsx";
import { Badge } from "@/components/ui/badge.tsx";
import { Card } from "@/components/ui/panels.tsx";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import { cn } from "@/lib/utils.ts";
import { Details, describeTitle } from "./timeline-entry.tsx";

const icons: Readonly<Record<TimelineEntry["kind"], LucideIcon>> = {
  happened: CircleDotIcon,
  recorded: DatabaseIcon,
  published: SendIcon,
  publish_failed: TriangleAlertIcon,
  set_aside: TriangleAlertIcon,
  discarded: BanIcon,
  erased: EraserIcon,
  filtered: FilterIcon,
  sent_anyway: SendIcon,
  attempt: PlugZapIcon,
  died: SkullIcon,
  letter_resolved: CheckIcon,
  letter_discarded: BanIcon,
  replayed: RotateCwIcon,
  overdue: AlarmClockIcon,
  next_attempt: ClockIcon,
};

export function Timeline({ story: { timeline, event, isCut } }: { story: EventHistory }) {
  return (
    <section aria-label="Timeline">
      <Card className="overflow-hidden">
        <h2 className="border-b px-5 py-2.5 font-semibold text-sm">Timeline</h2>
        {isCut && (
          <p className="px-5 pt-4 text-muted-foreground text-sm">There were more attempts: the latest are here.</p>
        )}
        <ol className="flex flex-col px-5 py-4">
          {timeline.map((entry) => (
            <Entry key={keyOf(entry)} entry={entry} start={event.recordedAt} />
          ))}
        </ol>
      </Card>
    </section>
  );
}

function keyOf(entry: TimelineEntry): string {
  const own = entry.kind === "attempt" ? entry.number : entry.kind === "replayed" ? entry.replayId : "";
  return `${entry.kind} ${entry.integration ?? ""} ${entry.at.getTime()} ${own}`;
}

function Entry({ entry, start }: { entry: TimelineEntry; start: Date }) {
  const Icon = icons[entry.kind];
  const { words, tone } = describeTitle(entry);
  return (
    <li className="relative flex gap-4 pb-5 text-sm last:pb-0 not-last:before:absolute not-last:before:top-6 not-last:before:bottom-0 not-last:before:left-3 not-last:before:w-px not-last:before:bg-border">
      <span
        className={cn(
          "z-10 flex size-6 shrink-0 items-center justify-center rounded-full border bg-card text-muted-foreground",
          tone === "success" && "border-success/30 text-success",
          tone === "warning" && "border-warning/40 text-warning",
          tone === "destructive" && "border-destructive/30 text-destructive",
        )}
      >
        <Icon aria-hidden className="size-3.5" />
      </span>
      <div className="flex min-w-0 flex-1 flex-col gap-1 sm:flex-row sm:gap-6">
        <div className="flex min-w-0 flex-1 flex-col gap-1">
          <p className="flex flex-wrap items-center gap-2 leading-6">
            {entry.integration !== null && (
              <Badge>
                <IntegrationTitle name={entry.integration} />
              </Badge>
            )}
            <span className="font-medium">{words}</span>
          </p>
          <Details entry={entry} />
        </div>
        <div className="shrink-0 text-muted-foreground text-xs leading-6 sm:text-right">
          <RelativeTime date={entry.at} className="whitespace-nowrap" />
          <span className="ml-2 whitespace-nowrap tabular-nums sm:ml-0 sm:block sm:leading-4">
            {formatOffset(entry.at.getTime() - start.getTime())}
          </span>
        </div>
      </div>
    </li>
  );
}

function formatOffset(ms: number): string {
  const sign = ms < 0 ? "−" : "+";
  const size = Math.abs(ms);
  if (size < 1_000) return `${sign}${size} ms`;
  if (size < 60_000) return `${sign}${(size / 1_000).toFixed(1)} s`;
  if (size < 3_600_000) return `${sign}${Math.floor(size / 60_000)} min ${Math.round((size % 60_000) / 1_000)} s`;
  if (size < 86_400_000)
    return `${sign}${Math.floor(size / 3_600_000)} h ${Math.round((size % 3_600_000) / 60_000)} min`;
  return `${sign}${(size / 86_400_000).toFixed(1)} days`;
}
