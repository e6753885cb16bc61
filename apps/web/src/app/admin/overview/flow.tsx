"use client";

import type { Overview } from "@eventfork/core/overview";
import { useMemo } from "react";
import { ScrollRegion } from "@/components/scroll-region.tsx";
import { Card } from "@/components/ui/card.tsx";
import { toFlow } from "./flow-graph.ts";
import { FlowPicture } from "./flow-picture.tsx";

/** The way of an event from the topic to each tool, with what goes through it now and where it is stuck. */
export function Flow({ overview }: { overview: Overview }) {
  const flow = useMemo(() => toFlow(overview), [overview]);
  return (
    <Card role="region" aria-label="Flow" className="flex flex-col gap-3 p-5">
      <h2 className="font-semibold text-sm">
        Flow <span className="font-normal text-muted-foreground">in the last five minutes</span>
      </h2>
      <ScrollRegion label="The way of an event" className="-mx-5 overflow-x-auto px-5">
        <FlowPicture flow={flow} />
      </ScrollRegion>
    </Card>
  );
}
