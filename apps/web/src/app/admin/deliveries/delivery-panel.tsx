"use client";

import { useQuery } from "@tanstack/react-query";
import { useQueryStates } from "nuqs";
import { live } from "@/components/admin/live-indicator.tsx";
import { ErrorState } from "@/components/error-state.tsx";
import { Dialog, DialogDescription, DialogTitle } from "@/components/ui/dialog.tsx";
import { SheetContent } from "@/components/ui/sheet.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { useTRPC } from "@/trpc/client.tsx";
import { idOfLink } from "./delivery-columns.tsx";
import { DeliveryStory } from "./delivery-story.tsx";
import { deliveriesParams, parseKey } from "./search-params.ts";

export function DeliveryPanel() {
  const [{ delivery }, setParams] = useQueryStates(deliveriesParams, { history: "push" });
  const key = parseKey(delivery);
  return (
    <Dialog open={key !== null} onOpenChange={(isOpen) => !isOpen && setParams({ delivery: null })}>
      {key !== null && (
        <SheetContent
          aria-describedby={undefined}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            document.getElementById(idOfLink(delivery ?? ""))?.focus();
          }}
        >
          <Content {...key} />
        </SheetContent>
      )}
    </Dialog>
  );
}

function Content({ eventId, integration }: { eventId: string; integration: string }) {
  const trpc = useTRPC();
  const { data, error, refetch } = useQuery(live(trpc.deliveries.get.queryOptions({ eventId, integration })));
  if (data !== undefined) return <DeliveryStory delivery={data} />;
  return (
    <>
      <DialogTitle className="pr-10">Delivery</DialogTitle>
      {error === null ? (
        <DialogDescription asChild>
          <div role="status" aria-label="Loading the delivery" className="flex flex-col gap-4">
            <Skeleton className="h-6 w-48" />
            <Skeleton className="h-32" />
            <Skeleton className="h-48" />
          </div>
        </DialogDescription>
      ) : (
        <ErrorState title="It cannot be shown" message={error.message} onRetry={() => refetch()} />
      )}
    </>
  );
}
