import { RotateCwIcon } from "lucide-react";
import type { ReactNode } from "react";
import { buttonVariants } from "@/components/ui/button-variants.ts";

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
