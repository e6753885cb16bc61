"use client";

import { type ReactNode, useState } from "react";

/** What has come of an action, beside the button that asked for it; read out by a screen reader. */
export function Said({ children }: { children: ReactNode }) {
  return (
    <span role="status" className="text-muted-foreground text-sm">
      {children}
    </span>
  );
}

export function useSaid(): [said: string, say: (text: string) => void] {
  return useState("");
}
