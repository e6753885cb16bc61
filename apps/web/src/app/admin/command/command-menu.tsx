"use client";

import type { IntegrationName } from "@eventfork/core/topology";
import { SearchIcon } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { Button } from "@/components/ui/button.tsx";
import { useIsHydrated } from "@/lib/hooks.ts";
import { cn } from "@/lib/utils.ts";
import { LazyPauseDialog } from "../overview/lazy-pause-dialog.tsx";
import { isApple, useShortcuts } from "./shortcuts.ts";

const Palette = dynamic(() => import("./palette.tsx").then(({ Palette }) => Palette), { ssr: false });
const ShortcutsDialog = dynamic(() => import("./shortcuts-dialog.tsx").then((module) => module.ShortcutsDialog), {
  ssr: false,
});
const ResumeDialog = dynamic(() => import("../overview/pause-dialog.tsx").then((module) => module.ResumeDialog), {
  ssr: false,
});

export type Shown =
  | { what: "palette" | "shortcuts" }
  | { what: "pause" | "resume"; integration: IntegrationName; title: string };

export function CommandMenu({ className }: { className?: string }) {
  const [shown, setShown] = useState<Shown | null>(null);
  useShortcuts({
    openPalette: () => setShown((now) => now ?? { what: "palette" }),
    openHelp: () => setShown((now) => now ?? { what: "shortcuts" }),
  });
  return (
    <>
      <Button
        variant="outline"
        aria-haspopup="dialog"
        aria-keyshortcuts="Meta+K Control+K"
        onClick={() => setShown({ what: "palette" })}
        className={cn("px-2.5 font-normal text-muted-foreground", className)}
      >
        <SearchIcon aria-hidden />
        <span className="max-lg:sr-only">
          Search or run<span className="sr-only"> a command</span>…
        </span>
        <kbd aria-hidden className="ml-auto font-sans text-xs max-lg:hidden">
          <Keys />
        </kbd>
      </Button>
      <Over shown={shown} onNext={setShown} />
    </>
  );
}

function Keys() {
  return useIsHydrated() && (isApple() ? "⌘ K" : "Ctrl K");
}

function Over({ shown, onNext }: { shown: Shown | null; onNext: (shown: Shown | null) => void }) {
  switch (shown?.what) {
    case undefined:
      return null;
    case "palette":
      return <Palette onClosed={onNext} />;
    case "shortcuts":
      return <ShortcutsDialog onClosed={() => onNext(null)} />;
    case "pause":
      return <LazyPauseDialog integration={shown.integration} title={shown.title} onClosed={() => onNext(null)} />;
    case "resume":
      return <ResumeDialog integration={shown.integration} title={shown.title} onClosed={() => onNext(null)} />;
  }
}
