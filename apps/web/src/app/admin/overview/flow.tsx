"use client";

import type { Overview } from "@eventfork/core/overview";
import dynamic from "next/dynamic";
import { memo, useMemo } from "react";
import { ScrollRegion } from "@/components/scroll-region.tsx";
import { Card } from "@/components/ui/card.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { useSeen } from "@/hooks/use-seen.ts";
import { toFlow } from "./flow-graph.ts";

const Picture = dynamic(() => import("./flow-picture.tsx").then(({ FlowPicture }) => FlowPicture), {
  ssr: false,
  loading: () => <Skeleton className="h-full" />,
});

/** The way of an event from the topic to each tool, with what goes through it now and where it is stuck. Drawn once it comes into view. */
export const Flow = memo(function Flow({ overview }: { overview: Overview }) {
  const flow = useMemo(() => toFlow(overview), [overview]);
  const [host, isSeen] = useSeen<HTMLDivElement>();
  return (
    <Card
      role="region"
      aria-label="Flow"
      className="flex flex-col gap-3 p-5 [contain-intrinsic-height:auto_22rem] [content-visibility:auto]"
    >
      <h2 className="font-semibold text-sm">
        Flow <span className="font-normal text-muted-foreground">in the last five minutes</span>
      </h2>
      <ScrollRegion label="The way of an event" className="-mx-5 overflow-x-auto px-5">
        <div ref={host} className="min-w-[59rem]" style={{ height: flow.height }}>
          {isSeen ? <Picture flow={flow} /> : <Skeleton className="h-full" />}
        </div>
      </ScrollRegion>
    </Card>
  );
});
