import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

type EmptyStateProps = { icon: LucideIcon; title: string; children: ReactNode };

export function EmptyState({ icon: Icon, title, children }: EmptyStateProps) {
  return (
    <div className="flex flex-col items-center gap-2 px-6 py-16 text-center">
      <Icon aria-hidden className="size-6 text-muted-foreground" strokeWidth={1.5} />
      <h2 className="font-medium">{title}</h2>
      <div className="max-w-sm text-pretty text-sm text-muted-foreground">{children}</div>
    </div>
  );
}
