import type { ReactNode } from "react";

export function StatusMessage({ children }: { children: ReactNode }) {
  return (
    <span role="status" className="text-muted-foreground text-sm">
      {children}
    </span>
  );
}
