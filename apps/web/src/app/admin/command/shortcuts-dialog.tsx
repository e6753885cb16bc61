"use client";

import { useId } from "react";
import { Button } from "@/components/ui/button.tsx";
import {
  Dialog,
  DialogClose,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from "@/components/ui/dialog.tsx";
import { cn } from "@/lib/utils.ts";
import { isApple, singleKeys, useSingleKeys } from "./shortcuts.ts";

export function ShortcutsDialog({ onClosed }: { onClosed: () => void }) {
  const id = useId();
  const [areOn, setAreOn] = useSingleKeys();
  return (
    <Dialog defaultOpen>
      <DialogContent className="max-h-[85dvh] max-w-lg overflow-y-auto" onCloseAutoFocus={onClosed}>
        <DialogHeader>
          <DialogTitle>Shortcuts</DialogTitle>
          <DialogDescription>None of them works while you type in a field.</DialogDescription>
        </DialogHeader>
        <dl className="grid gap-x-8 gap-y-1 text-sm sm:grid-cols-2">
          <Row keys={[isApple() ? "⌘" : "Ctrl", "K"]} does="Search or run a command" />
          <Row keys={["Shift", "click"]} does="Choose up to this row" />
          {singleKeys.map(({ keys, does }) => (
            <Row key={does} keys={keys} does={does} isOff={!areOn} />
          ))}
        </dl>
        <div className="flex items-start gap-2.5 border-t pt-4 text-sm">
          <input
            id={id}
            type="checkbox"
            checked={areOn}
            onChange={({ target }) => setAreOn(target.checked)}
            className="mt-0.5 size-4 accent-primary"
          />
          <label htmlFor={id}>
            Shortcuts of one key
            <span className="block text-muted-foreground text-xs">
              Switch them off where speech or a slip of the hand presses keys. This browser remembers it.
            </span>
          </label>
        </div>
        <DialogFooter>
          <DialogClose asChild>
            <Button variant="outline">Close</Button>
          </DialogClose>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}

function Row({ keys, does, isOff = false }: { keys: readonly string[]; does: string; isOff?: boolean }) {
  return (
    <div
      className={cn("flex min-h-8 items-center justify-between gap-3", isOff && "text-muted-foreground line-through")}
    >
      <dt>{does}</dt>
      <dd className="flex gap-1">
        {keys.map((key) => (
          <kbd key={key} className="rounded-sm border bg-muted px-1.5 py-0.5 font-mono text-xs">
            {key}
          </kbd>
        ))}
      </dd>
    </div>
  );
}
