"use client";

import type { MissingResource } from "@eventfork/core/integrations";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { useCanChange } from "@/components/layout/operator.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Alert } from "@/components/ui/panels.tsx";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import { useTRPC } from "@/trpc/client.tsx";

export function MissingResources({ missing }: { missing: readonly MissingResource[] }) {
  return (
    <section id="missing" aria-label="Missing resources" className="flex flex-col gap-2">
      {missing.map((one) => (
        <Missing key={`${one.integration} ${one.resource}`} missing={one} />
      ))}
    </section>
  );
}

function Missing({ missing: { integration, text, since, isRestorable, advice } }: { missing: MissingResource }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const canChange = useCanChange();
  const restore = useMutation(
    trpc.rules.restoreSubscription.mutationOptions({
      onSuccess: () => void toast.success("The subscription is restored."),
      onError: (error) => void toast.error(error.message),
      onSettled: () =>
        Promise.all([
          queryClient.invalidateQueries(trpc.overview.pathFilter()),
          queryClient.invalidateQueries(trpc.rules.pathFilter()),
        ]),
    }),
  );
  return (
    <Alert variant="destructive" className="flex flex-wrap items-center justify-between gap-3">
      <p className="min-w-0">
        <span className="font-medium">{text}</span> Found <RelativeTime date={since} />. {advice}
      </p>
      {isRestorable && canChange && (
        <Button size="sm" disabled={restore.isPending} onClick={() => restore.mutate({ integration })}>
          Restore
        </Button>
      )}
    </Alert>
  );
}
