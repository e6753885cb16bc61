import {
  ActivityIcon,
  FilterIcon,
  KeyRoundIcon,
  type LucideIcon,
  MailWarningIcon,
  PlugIcon,
  RotateCwIcon,
  ScrollTextIcon,
  SendIcon,
  ServerIcon,
  UsersIcon,
  ZapIcon,
} from "lucide-react";

type NavItem = { href: string; title: string; icon: LucideIcon; key: string };

export const navItems: readonly NavItem[] = [
  { href: "/admin", title: "Overview", icon: ActivityIcon, key: "o" },
  { href: "/admin/events", title: "Events", icon: ZapIcon, key: "e" },
  { href: "/admin/deliveries", title: "Deliveries", icon: SendIcon, key: "d" },
  { href: "/admin/integrations", title: "Integrations", icon: PlugIcon, key: "i" },
  { href: "/admin/rules", title: "Rules", icon: FilterIcon, key: "r" },
  { href: "/admin/dead-letters", title: "Dead letters", icon: MailWarningIcon, key: "l" },
  { href: "/admin/replays", title: "Replays", icon: RotateCwIcon, key: "y" },
  { href: "/admin/people", title: "People", icon: UsersIcon, key: "p" },
  { href: "/admin/keys", title: "Keys", icon: KeyRoundIcon, key: "k" },
  { href: "/admin/audit", title: "Audit log", icon: ScrollTextIcon, key: "a" },
  { href: "/admin/system", title: "System", icon: ServerIcon, key: "s" },
];

export function activeNavItem(pathname: string): string | undefined {
  return navItems.findLast(({ href }) => (href === "/admin" ? pathname === href : pathname.startsWith(href)))?.href;
}
