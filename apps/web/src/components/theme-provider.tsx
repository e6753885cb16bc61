"use client";

import { ThemeProvider as NextThemesProvider } from "next-themes";
import type { ReactNode } from "react";
import { useIsHydrated } from "@/hooks/use-is-hydrated.ts";

// Rendered in a browser (the not-found page is), an executable script would never run, and React warns of it.
const scriptProps = typeof window === "undefined" ? {} : { type: "application/json" };

export function ThemeProvider({ nonce, children }: { nonce: string; children: ReactNode }) {
  // For the change that somebody asks for. The one at the start changes nothing, and would have the browser go over the whole page's styles twice.
  const isChangeAsked = useIsHydrated();
  return (
    <NextThemesProvider
      attribute="class"
      defaultTheme="system"
      enableSystem
      disableTransitionOnChange={isChangeAsked}
      nonce={nonce}
      scriptProps={scriptProps}
    >
      {children}
    </NextThemesProvider>
  );
}
