"use client";

import { CheckIcon, CopyIcon } from "lucide-react";
import { useState } from "react";
import { shortenId } from "@/lib/format.ts";
import { cn } from "@/lib/utils.ts";

const shownForMs = 1_500;

export function CopyId({ id, className }: { id: string; className?: string }) {
  const [isCopied, setIsCopied] = useState(false);

  async function copy(): Promise<void> {
    await navigator.clipboard.writeText(id);
    setIsCopied(true);
    setTimeout(() => setIsCopied(false), shownForMs);
  }

  const Icon = isCopied ? CheckIcon : CopyIcon;
  return (
    <button
      type="button"
      title={id}
      onClick={copy}
      className={cn(
        "group inline-flex min-h-6 items-center gap-1.5 rounded-sm font-mono text-xs text-muted-foreground hover:text-foreground",
        className,
      )}
    >
      <span className="sr-only">Copy </span>
      {shortenId(id)}
      <Icon aria-hidden className="size-3 opacity-60 group-hover:opacity-100" />
      <span className="sr-only" aria-live="polite">
        {isCopied ? "Copied" : ""}
      </span>
    </button>
  );
}
