import { type ReactNode, Suspense } from "react";
import { Skeleton } from "@/components/ui/panels.tsx";
import { HydrateClient } from "@/trpc/server.tsx";

export function Screen({ title, children }: { title: string; children: ReactNode }) {
  return (
    <HydrateClient>
      <Suspense fallback={<ListSkeleton title={title} />}>{children}</Suspense>
    </HydrateClient>
  );
}

const rows = Array.from({ length: 8 }, (_, index) => index);

export function ListSkeleton({ title }: { title: string }) {
  return (
    <div role="status" aria-label={`Loading: ${title}`} className="flex flex-col gap-6">
      <div className="flex flex-col gap-2">
        <Skeleton className="h-6 w-40" />
        <Skeleton className="h-4 w-72 max-w-full" />
      </div>
      <div className="flex flex-col gap-2">
        {rows.map((row) => (
          <Skeleton key={row} className="h-12" />
        ))}
      </div>
    </div>
  );
}
