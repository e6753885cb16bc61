import { integrationNames, integrations } from "@eventfork/core/topology";
import { useQuery } from "@tanstack/react-query";
import {
  CirclePauseIcon,
  FilterIcon,
  HistoryIcon,
  KeyboardIcon,
  LogOutIcon,
  type LucideIcon,
  PlayIcon,
  SunMoonIcon,
  UserIcon,
} from "lucide-react";
import { useTheme } from "next-themes";
import { toast } from "sonner";
import { useCanChange } from "@/components/admin/operator.tsx";
import { places } from "@/components/admin/places.ts";
import { logOut } from "@/lib/log-out.ts";
import { useTRPC } from "@/trpc/client.tsx";
import type { Shown } from "./command-menu.tsx";

export type Entry = {
  id: string;
  name: string;
  note?: string;
  icon: LucideIcon;
  /** Other words that find it. */
  words?: string[];
  run: () => void;
};

export function useScreens(go: (href: string) => void): Entry[] {
  const screens = [
    ...places.map(({ href, title, icon, key }) => ({ href, name: title, icon, note: `g ${key}` })),
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
