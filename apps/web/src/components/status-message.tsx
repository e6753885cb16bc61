import type { ReactNode } from "react";

/** The result of an action, beside its button. A screen reader reads it out. */
export function StatusMessage({ children }: { children: ReactNode }) {
  return (
    <span role="status" className="text-muted-foreground text-sm">
      {children}
    </span>
  );
}
