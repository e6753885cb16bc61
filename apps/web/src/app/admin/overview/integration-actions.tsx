"use client";

import type { IntegrationStatus } from "@eventfork/core/integrations";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { PlayIcon } from "lucide-react";
import Link from "next/link";
import { toast } from "sonner";
import { useCanChange } from "@/components/admin/operator.tsx";
import { Button } from "@/components/ui/button.tsx";
import { useTRPC } from "@/trpc/client.tsx";
import { PauseDialog } from "./pause-dialog.tsx";

/** What an admin does with an integration: backfill it, pause it, resume it. */
export function IntegrationActions({ integration }: { integration: IntegrationStatus }) {
  const canChange = useCanChange();
  if (!canChange) return null;
  const { name, title, pausedAt } = integration;
  return (
    <div className="flex items-center justify-end gap-2 border-t px-5 py-3">
      <Button asChild variant="ghost" size="sm">
        <Link href={`/admin/replays/backfill?integration=${name}`} aria-label={`Backfill ${title}`}>
          Backfill…
        </Link>
      </Button>
      {pausedAt === null ? <PauseDialog integration={name} title={title} /> : <ResumeButton name={name} />}
    </div>
  );
}

function ResumeButton({ name }: Pick<IntegrationStatus, "name">) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const resume = useMutation(
    trpc.integrations.resume.mutationOptions({
      onError: (error) => toast.error(error.message),
      onSettled: () =>
        Promise.all([
          queryClient.invalidateQueries(trpc.integrations.pathFilter()),
          queryClient.invalidateQueries(trpc.overview.pathFilter()),
        ]),
    }),
  );
  return (
    <Button size="sm" disabled={resume.isPending} onClick={() => resume.mutate({ integration: name })}>
      <PlayIcon aria-hidden />
      Resume
    </Button>
  );
}
