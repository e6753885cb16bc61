"use client";

import type { DeliveryItem, DeliveryStatus } from "@eventfork/core/deliveries";
import { formatNumber } from "@eventfork/core/platform/text/numbers";
import { DownloadIcon } from "lucide-react";
import { ReplayDialog } from "@/components/forms/replay-dialog.tsx";
import { type Chosen, SelectionCard, toExportQuery } from "@/components/table/selection-card.tsx";
import { Button } from "@/components/ui/button.tsx";
import { deliveryStatusStyles } from "@/components/ui/status-badge.tsx";
import { pluralise } from "@/lib/format.ts";
import { type DeliverySearchFilter, keyOf } from "./search-params.ts";

type SelectionBarProps = { filter: DeliverySearchFilter; chosen: Chosen<DeliveryItem>; isPageChosen: boolean };

const maximumExportedKeys = 200;

export function DeliverySelectionBar({ filter, chosen, isPageChosen }: SelectionBarProps) {
  const rows = [...chosen.rows.values()];
  const exported = chosen.isAll ? filter : { keys: rows.map(keyOf).join(",") };
  const dead = rows.filter(({ status }) => status === "dead");
  const canBeDead = filter.status === undefined || filter.status === "dead";
  return (
    <SelectionCard
      chosen={chosen}
      isPageChosen={isPageChosen}
      title={
        chosen.isAll
          ? "Everything that this filter finds is chosen"
          : `${pluralise(rows.length, "delivery", "deliveries")} chosen`
      }
      note={chosen.isAll ? "Of it, what is dead can be replayed." : describeStatuses(rows)}
    >
      {chosen.isAll && canBeDead && (
        <ReplayDialog size="sm" selection={{ source: "dead_letters", deliveries: { filter } }}>
          Replay what is dead…
        </ReplayDialog>
      )}
      {!chosen.isAll && dead.length > 0 && (
        <ReplayDialog size="sm" selection={{ source: "dead_letters", deliveries: { keys: dead.map(toKey) } }}>
          Replay {formatNumber(dead.length)}…
        </ReplayDialog>
      )}
      {chosen.isAll || rows.length <= maximumExportedKeys ? (
        (["csv", "json"] as const).map((format) => (
          <Button key={format} asChild variant="outline" size="sm">
            <a
              href={`/api/admin/deliveries/export?${toExportQuery({ format, ...exported })}`}
              download
              title="The audit log says who took it"
            >
              <DownloadIcon aria-hidden />
              {format.toUpperCase()}
              <span className="sr-only">: export what is chosen</span>
            </a>
          </Button>
        ))
      ) : (
        <p className="max-w-56 self-center text-muted-foreground text-xs">
          To export more than {maximumExportedKeys}, choose everything that a filter finds.
        </p>
      )}
    </SelectionCard>
  );
}

const toKey = ({ eventId, integration }: DeliveryItem) => ({ eventId, integration });

function describeStatuses(rows: readonly DeliveryItem[]): string {
  const statuses = Object.keys(deliveryStatusStyles) as DeliveryStatus[];
  const counts = statuses.map((status) => [rows.filter((row) => row.status === status).length, status] as const);
  return counts
    .filter(([count]) => count > 0)
    .map(([count, status]) => `${formatNumber(count)} ${deliveryStatusStyles[status].title.toLowerCase()}`)
    .join(", ");
}
