"use client";

import type { IntegrationStatus } from "@eventfork/core/overview";
import { CirclePauseIcon, PlayIcon } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { useCanChange } from "@/components/layout/operator.tsx";
import { Button } from "@/components/ui/button.tsx";
import { LazyPauseDialog } from "./lazy-pause-dialog.tsx";
import { useResume } from "./use-resume.ts";

export function IntegrationActions({ integration }: { integration: IntegrationStatus }) {
  const canChange = useCanChange();
  if (!canChange) return null;
  const { name, title } = integration;
  return (
    <div className="flex items-center justify-end gap-2 border-t px-5 py-3">
      <Button asChild variant="ghost" size="sm">
        <Link href={`/admin/replays/backfill?integration=${name}`} prefetch={false} aria-label={`Backfill ${title}`}>
          Backfill…
        </Link>
      </Button>
      <PauseControl integration={integration} />
    </div>
  );
}

type PauseControlProps = { integration: Pick<IntegrationStatus, "name" | "title" | "pausedAt"> };

export function PauseControl({ integration: { name, title, pausedAt } }: PauseControlProps) {
  const canChange = useCanChange();
  const [isOpen, setIsOpen] = useState(false);
  if (!canChange) return null;
  if (pausedAt !== null) return <ResumeButton name={name} />;
  return (
    <>
      <Button variant="outline" size="sm" aria-haspopup="dialog" aria-expanded={isOpen} onClick={() => setIsOpen(true)}>
        <CirclePauseIcon aria-hidden />
        Pause
      </Button>
      {isOpen && <LazyPauseDialog integration={name} title={title} onClosed={() => setIsOpen(false)} />}
    </>
  );
}

function ResumeButton({ name }: Pick<IntegrationStatus, "name">) {
  const resume = useResume();
  return (
    <Button size="sm" disabled={resume.isPending} onClick={() => resume.mutate({ integration: name })}>
      <PlayIcon aria-hidden />
      Resume
    </Button>
  );
}
