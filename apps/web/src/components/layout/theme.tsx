"use client";

import { MoonIcon, SunIcon } from "lucide-react";
import { ThemeProvider as NextThemesProvider, useTheme } from "next-themes";
import type { ReactNode } from "react";
import { buttonVariants } from "@/components/ui/classes.ts";
import { useIsHydrated } from "@/lib/hooks.ts";

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

export function ThemeToggle() {
  const { resolvedTheme, setTheme } = useTheme();
  return (
    <button
      type="button"
      className={buttonVariants({ variant: "ghost", size: "icon" })}
      aria-label="Change between the light and the dark theme"
      onClick={() => setTheme(resolvedTheme === "dark" ? "light" : "dark")}
    >
      <SunIcon className="hidden dark:block" />
      <MoonIcon className="dark:hidden" />
    </button>
  );
}
