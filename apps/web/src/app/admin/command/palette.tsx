"use client";

import { Command } from "cmdk";
import { SearchIcon } from "lucide-react";
import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import { Dialog, DialogContent, DialogDescription, DialogTitle } from "@/components/ui/dialog.tsx";
import type { Shown } from "./command-menu.tsx";
import { useActions, useScreens, useSearchResults } from "./entries.ts";

function hasEveryWord(line: string, typed: string, words: readonly string[] = []): number {
  const text = `${line} ${words.join(" ")}`.toLowerCase();
  const asked = typed.toLowerCase().trim().split(/\s+/);
  if (!asked.every((word) => text.includes(word))) return 0;
  return text.startsWith(asked[0] ?? "") ? 1 : 0.5;
}

export function Palette({ onClosed }: { onClosed: (next: Shown | null) => void }) {
  const router = useRouter();
  const next = useRef<Shown | null>(null);
  const [isOpen, setIsOpen] = useState(true);
  const [typed, setTyped] = useState("");
  function go(href: string): void {
    setIsOpen(false);
    router.push(href);
  }
  const { finds, said } = useSearchResults(typed, go);
  const actions = useActions({
    go,
    show: (shown) => {
      next.current = shown;
      setIsOpen(false);
    },
    close: () => setIsOpen(false),
  });
  const groups = [
    ...finds.map(({ title, entries }) => ({ title, entries, isFound: true })),
    { title: "Go to", entries: useScreens(go), isFound: false },
    { title: "Do", entries: actions, isFound: false },
  ];
  return (
    <Dialog open={isOpen} onOpenChange={setIsOpen}>
      <DialogContent
        className="top-[8dvh] flex max-h-[min(32rem,80dvh)] max-w-xl translate-y-0 flex-col gap-0 overflow-hidden p-0"
        onCloseAutoFocus={() => onClosed(next.current)}
      >
        <DialogTitle className="sr-only">Search or run a command</DialogTitle>
        <DialogDescription className="sr-only">
          Type a screen, an action, a person or an event’s id; the arrow keys choose, Enter goes there.
        </DialogDescription>
        <Command
          loop
          label="Search or run a command"
          filter={hasEveryWord}
          className="flex min-h-0 flex-col outline-none"
        >
          <div className="flex items-center gap-2.5 border-b px-4">
            <SearchIcon aria-hidden className="size-4 shrink-0 text-muted-foreground" />
            <Command.Input
              value={typed}
              onValueChange={setTyped}
              placeholder="A screen, a person, an event, an action…"
              maxLength={254}
              className="h-12 w-full bg-transparent text-base outline-none placeholder:text-muted-foreground"
            />
          </div>
          <Command.List className="min-h-0 scroll-py-2 overflow-y-auto overflow-x-hidden p-2">
            {groups
              .filter(({ entries }) => entries.length > 0)
              .map(({ title, entries, isFound }) => (
                <Command.Group
                  key={title}
                  heading={title}
                  className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:py-1.5 [&_[cmdk-group-heading]]:text-muted-foreground [&_[cmdk-group-heading]]:text-xs"
                >
                  {entries.map(({ id, name, note, icon: Icon, words, run }) => (
                    <Command.Item
                      key={id}
                      value={isFound ? `${name} ${id} ${typed}` : `${name} ${id}`}
                      keywords={words ?? []}
                      onSelect={run}
                      className="flex min-h-9 cursor-pointer items-center gap-2.5 rounded-md px-2.5 py-1.5 text-sm data-[selected=true]:bg-accent data-[selected=true]:text-accent-foreground [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-muted-foreground"
                    >
                      <Icon aria-hidden />
                      <span className="min-w-0 truncate" dir="auto">
                        {name}
                      </span>
                      {note !== undefined && (
                        <span className="ml-auto max-w-[45%] shrink-0 truncate text-muted-foreground text-xs">
                          {note}
                        </span>
                      )}
                    </Command.Item>
                  ))}
                </Command.Group>
              ))}
          </Command.List>
          <p role="status" className="min-h-9 border-t px-4 py-2.5 text-muted-foreground text-xs">
            {said}
          </p>
        </Command>
      </DialogContent>
    </Dialog>
  );
}
