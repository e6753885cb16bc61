"use client";

import { CheckIcon, CopyIcon } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import { Button } from "./button.tsx";
import { Card, ScrollRegion } from "./panels.tsx";

const shownForMs = 1_500;

export function JsonBlock({ title, text, children }: { title: string; text: string; children?: ReactNode }) {
  const [isCopied, setIsCopied] = useState(false);
  const shown = useMemo(() => indent(text), [text]);

  async function copy(): Promise<void> {
    await navigator.clipboard.writeText(text);
    setIsCopied(true);
    setTimeout(() => setIsCopied(false), shownForMs);
  }

  return (
    <Card className="overflow-hidden">
      <div className="flex items-center justify-between border-b py-1.5 pr-2 pl-5">
        <h2 className="text-sm font-semibold">{title}</h2>
        <div className="flex items-center gap-1">
          {children}
          <Button variant="ghost" size="sm" aria-label={`Copy: ${title}`} onClick={copy}>
            {isCopied ? <CheckIcon aria-hidden /> : <CopyIcon aria-hidden />}
            {isCopied ? "Copied" : "Copy"}
          </Button>
        </div>
      </div>
      <ScrollRegion label={title} className="max-h-96 overflow-auto">
        <pre className="w-fit p-5 font-mono text-xs leading-relaxed">{shown}</pre>
      </ScrollRegion>
    </Card>
  );
}

export function indent(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
