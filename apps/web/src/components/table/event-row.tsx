import Link from "next/link";
import type { ReactNode } from "react";
import { CopyId } from "@/components/ui/copy-id.tsx";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import { IntegrationTitle } from "./integration.tsx";

type EventListItemProps = {
  event: { id: string; type: string; recordedAt: Date };
  note?: ReactNode;
  fates: readonly { integration: string; badge: ReactNode }[];
};

export function EventListItem({ event: { id, type, recordedAt }, note, fates }: EventListItemProps) {
  return (
    <li data-row className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 px-5 py-3 text-sm">
      <div className="flex min-w-0 flex-col gap-0.5">
        <span className="flex flex-wrap items-center gap-2">
          <Link
            href={`/admin/events/${id}`}
            className="rounded-sm font-medium leading-6 underline-offset-4 hover:underline"
          >
            {type}
          </Link>
          {note}
        </span>
        <span className="flex items-center gap-3">
          <CopyId id={id} />
          <RelativeTime date={recordedAt} className="text-muted-foreground text-xs" />
        </span>
      </div>
      <ul className="flex flex-wrap gap-x-4 gap-y-1.5">
        {fates.map(({ integration, badge }) => (
          <li key={integration} className="flex items-center gap-1.5 text-xs">
            <span className="text-muted-foreground">
              <IntegrationTitle name={integration} />
            </span>
            {badge}
          </li>
        ))}
      </ul>
    </li>
  );
}
