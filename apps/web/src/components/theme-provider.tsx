"use client";

import { ThemeProvider as NextThemesProvider } from "next-themes";
import type { ReactNode } from "react";
import { useIsHydrated } from "@/hooks/use-is-hydrated.ts";

// A script rendered in the browser never runs, and React warns of an executable one.
const scriptProps = typeof window === "undefined" ? {} : { type: "application/json" };

export function ThemeProvider({ nonce, children }: { nonce: string; children: ReactNode }) {
  // A transition on load would restyle the page twice.
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
