import { skipToken, useQuery } from "@tanstack/react-query";
import { MailWarningIcon, RotateCwIcon, UserIcon, ZapIcon } from "lucide-react";
import { useDebounced } from "@/hooks/use-debounced.ts";
import { pluralise } from "@/lib/say.ts";
import { useTRPC } from "@/trpc/client.tsx";
import { findSearchProblem } from "../events/search-params.ts";
import type { Entry } from "./entries.ts";

const typingMs = 200;
const shownAtMost = 5;
/** Shorter texts match too much. */
const enoughLetters = 2;

const things = [
  { pattern: /^dlt_\w+$/, path: "/admin/dead-letters", name: "Dead letter", icon: MailWarningIcon },
  { pattern: /^rpl_\w+$/, path: "/admin/replays", name: "Replay", icon: RotateCwIcon },
];

export function useFinds(typed: string, go: (href: string) => void) {
  const trpc = useTRPC();
  const text = useDebounced(typed.trim(), typingMs);
  const people = useQuery(
    trpc.people.list.queryOptions(text.length < enoughLetters ? skipToken : { search: text, limit: shownAtMost }),
  );
  const isSearch = text.length >= enoughLetters && findSearchProblem(text) === null;
  const events = useQuery(trpc.events.list.queryOptions(isSearch ? { search: text, limit: shownAtMost } : skipToken));
  const finds: { title: string; entries: Entry[] }[] = [
    {
      title: "Events",
      entries: toEntries(events.data?.events, ({ event: { id, type, email, subject } }) => ({
        ...{ id, name: type, note: email ?? subject ?? "", icon: ZapIcon },
        run: () => go(`/admin/events/${id}`),
      })),
    },
    {
      title: "By id",
      entries: things
        .filter(({ pattern }) => pattern.test(text))
        .map(({ path, name, icon }) => ({ id: text, name, note: text, icon, run: () => go(`${path}/${text}`) })),
    },
    {
      title: "People",
      entries: toEntries(people.data?.users, ({ id, name, email }) => ({
        ...{ id, name: name || "No name", note: email, icon: UserIcon },
        run: () => go(`/admin/people/${id}`),
      })),
    },
  ];
  const found = finds.reduce((sum, { entries }) => sum + entries.length, 0);
  const isAsking = people.isFetching || events.isFetching || text !== typed.trim();
  return { finds, said: say({ text, found, isAsking, error: people.error?.message }) };
}

function toEntries<Row>(rows: readonly Row[] | undefined, toEntry: (row: Row) => Entry): Entry[] {
  return rows?.map(toEntry) ?? [];
}

type Search = { text: string; found: number; isAsking: boolean; error: string | undefined };

function say({ text, found, isAsking, error }: Search): string {
  if (text === "") return "Arrow keys choose, Enter goes there, Escape leaves.";
  if (isAsking) return "Searching…";
  if (error !== undefined) return error;
  return found === 0
    ? "No person and no event is found by this."
    : `${pluralise(found, "person or event", "people and events")} found.`;
}
