import { clsx } from "clsx";
import type { ElementType, ReactNode } from "react";
import { ThemeToggle } from "./theme.tsx";

function Mark() {
  return (
    <svg viewBox="0 0 24 24" fill="none" aria-hidden="true" className="size-5">
      <path
        d="M3 12h6m0 0c4 0 3.5-7 8-7m-8 7h8m-8 0c4 0 3.5 7 8 7"
        stroke="currentColor"
        strokeWidth="2"
        strokeLinecap="round"
      />
      <circle cx="19.5" cy="5" r="1.8" fill="currentColor" />
      <circle cx="19.5" cy="12" r="1.8" fill="currentColor" />
      <circle cx="19.5" cy="19" r="1.8" fill="currentColor" />
    </svg>
  );
}

/** Public pages use plain anchors, because the router's link is large and prefetches. */
export function Logo({
  href = "/",
  link: Anchor = "a",
  className,
}: {
  href?: string;
  link?: ElementType;
  className?: string;
}) {
  return (
    <Anchor
      href={href}
      className={clsx("inline-flex items-center gap-2 rounded-sm font-semibold tracking-tight", className)}
    >
      <Mark />
      Eventfork
    </Anchor>
  );
}

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
