import { type LucideIcon, RotateCwIcon } from "lucide-react";
import type { ReactNode } from "react";
import { buttonVariants } from "./classes.ts";

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

type ErrorStateProps = { title: string; message?: string; onRetry: () => void; children?: ReactNode };

const fallback = "Something went wrong on our side. It has been written to the log.";

export function ErrorState({ title, message = fallback, onRetry, children }: ErrorStateProps) {
  return (
    <div role="alert" className="flex flex-col items-start gap-3 rounded-xl border border-destructive/30 bg-card p-6">
      <h2 className="font-semibold">{title}</h2>
      <p className="break-words text-sm text-muted-foreground">{message}</p>
      <div className="flex flex-wrap gap-2">
        <button type="button" className={buttonVariants({ variant: "outline", size: "sm" })} onClick={onRetry}>
          <RotateCwIcon aria-hidden />
          Try again
        </button>
        {children}
      </div>
    </div>
  );
}

export function StatusMessage({ children }: { children: ReactNode }) {
  return (
    <span role="status" className="text-muted-foreground text-sm">
      {children}
    </span>
  );
}
