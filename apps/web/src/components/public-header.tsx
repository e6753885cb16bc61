import type { ReactNode } from "react";
import { Logo } from "@/components/logo.tsx";
import { ThemeToggle } from "@/components/theme-toggle.tsx";

export function PublicHeader({ children }: { children?: ReactNode }) {
  return (
    <header className="mx-auto flex h-16 w-full max-w-5xl items-center justify-between px-5">
      <Logo />
      <div className="flex items-center gap-2">
        <ThemeToggle />
        {children}
      </div>
    </header>
  );
}
