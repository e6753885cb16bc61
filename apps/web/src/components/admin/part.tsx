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

export function Facts({ children }: { children: ReactNode }) {
  return <dl className="grid gap-x-8 gap-y-4 p-5 text-sm sm:grid-cols-2 lg:grid-cols-3">{children}</dl>;
}

export function Fact({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-muted-foreground text-xs">{title}</dt>
      <dd className="mt-0.5 break-words">{children}</dd>
    </div>
  );
}
