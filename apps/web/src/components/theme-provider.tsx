"use client";

import { ThemeProvider as NextThemesProvider } from "next-themes";
import type { ReactNode } from "react";
import { useIsHydrated } from "@/hooks/use-is-hydrated.ts";

// Rendered in a browser (the not-found page is), an executable script would never run, and React warns of it.
const scriptProps = typeof window === "undefined" ? {} : { type: "application/json" };

export function ThemeProvider({ nonce, children }: { nonce: string; children: ReactNode }) {
  // The initial change changes nothing, and would make the browser restyle the page twice.
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
