import type { ReactNode } from "react";
import { Card } from "@/components/ui/card.tsx";

type PartProps = { title: string; children: ReactNode; aside?: ReactNode };

export function Part({ title, children, aside }: PartProps) {
  return (
    <Card role="region" aria-label={title} className="flex min-w-0 flex-col gap-4 p-5">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <h2 className="font-semibold text-sm">{title}</h2>
        {aside}
      </div>
      {children}
    </Card>
  );
}
