import { integrationNames, integrations } from "@eventfork/core/topology";
import { skipToken, useQuery } from "@tanstack/react-query";
import {
  CirclePauseIcon,
  FilterIcon,
  HistoryIcon,
  KeyboardIcon,
  LogOutIcon,
  type LucideIcon,
  MailWarningIcon,
  PlayIcon,
  RotateCwIcon,
  SunMoonIcon,
  UserIcon,
  ZapIcon,
} from "lucide-react";
import { useTheme } from "next-themes";
import { toast } from "sonner";
import { logOut } from "@/components/layout/log-out-button.tsx";
import { navItems } from "@/components/layout/navigation.ts";
import { useCanChange } from "@/components/layout/operator.tsx";
import { pluralise } from "@/lib/format.ts";
import { useDebounced } from "@/lib/hooks.ts";
import { useTRPC } from "@/trpc/client.tsx";
import { findSearchProblem } from "../events/search-params.ts";
import type { Shown } from "./command-menu.tsx";

type Entry = {
  id: string;
  name: string;
  note?: string;
  icon: LucideIcon;
  words?: string[];
  run: () => void;
};

export function useScreens(go: (href: string) => void): Entry[] {
  const screens = [
    ...navItems.map(({ href, title, icon, key }) => ({ href, name: title, icon, note: `g ${key}` })),
    ...integrationNames.map((name) => ({
      href: `/admin/rules/${name}`,
      name: `Rule of ${integrations[name].title}`,
      icon: FilterIcon,
    })),
    { href: "/account", name: "Your account", icon: UserIcon },
  ];
  return screens.map(({ href, ...screen }) => ({ ...screen, id: href, run: () => go(href) }));
}

type Ways = { go: (href: string) => void; show: (shown: Shown) => void; close: () => void };

export function useActions({ go, show, close }: Ways): Entry[] {
  const canChange = useCanChange();
  const { resolvedTheme, setTheme } = useTheme();
  const other = resolvedTheme === "dark" ? "light" : "dark";
  return [
    ...useChanges({ go, show, isOn: canChange }),
    {
      id: "theme",
      name: `Change to the ${other} theme`,
      icon: SunMoonIcon,
      words: ["dark", "light", "colours"],
      run: () => {
        setTheme(other);
        close();
      },
    },
    {
      id: "shortcuts",
      name: "Show the shortcuts",
      icon: KeyboardIcon,
      note: "?",
      run: () => show({ what: "shortcuts" }),
    },
    {
      id: "log-out",
      name: "Log out",
      icon: LogOutIcon,
      words: ["sign out"],
      run: () => {
        close();
        void logOut().then((isOut) => isOut || toast.error("You could not be logged out. Try again."));
      },
    },
  ];
}

function useChanges({ go, show, isOn }: Omit<Ways, "close"> & { isOn: boolean }): Entry[] {
  const trpc = useTRPC();
  const { data: states = [] } = useQuery({ ...trpc.integrations.list.queryOptions(), enabled: isOn });
  if (!isOn) return [];
  return [
    ...states.map(({ name: integration, title, pausedAt }) => {
      const what = pausedAt === null ? "pause" : "resume";
      return {
        id: `${what} ${integration}`,
        name: `${pausedAt === null ? "Pause" : "Resume"} ${title}…`,
        icon: pausedAt === null ? CirclePauseIcon : PlayIcon,
        run: () => show({ what, integration, title }),
      } as const;
    }),
    {
      id: "backfill",
      name: "Backfill past events…",
      icon: HistoryIcon,
      words: ["replay", "send again"],
      run: () => go("/admin/replays/backfill"),
    },
  ];
}

const typingMs = 200;
const shownAtMost = 5;
const minimumSearchLength = 2;

const things = [
  { pattern: /^dlt_\w+$/, path: "/admin/dead-letters", name: "Dead letter", icon: MailWarningIcon },
  { pattern: /^rpl_\w+$/, path: "/admin/replays", name: "Replay", icon: RotateCwIcon },
];

export function useSearchResults(typed: string, go: (href: string) => void) {
  const trpc = useTRPC();
  const text = useDebounced(typed.trim(), typingMs);
  const people = useQuery(
    trpc.people.list.queryOptions(text.length < minimumSearchLength ? skipToken : { search: text, limit: shownAtMost }),
  );
  const isSearch = text.length >= minimumSearchLength && findSearchProblem(text) === null;
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
  return { finds, said: describeSearch({ text, found, isAsking, error: people.error?.message }) };
}

function toEntries<Row>(rows: readonly Row[] | undefined, toEntry: (row: Row) => Entry): Entry[] {
  return rows?.map(toEntry) ?? [];
}

type Search = { text: string; found: number; isAsking: boolean; error: string | undefined };

function describeSearch({ text, found, isAsking, error }: Search): string {
  if (text === "") return "Arrow keys choose, Enter goes there, Escape leaves.";
  if (isAsking) return "Searching…";
  if (error !== undefined) return error;
  return found === 0
    ? "No person and no event is found by this."
    : `${pluralise(found, "person or event", "people and events")} found.`;
}
