"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { useEffect, useRef } from "react";
import { useIsHydrated } from "@/lib/hooks.ts";
import { cn } from "@/lib/utils.ts";
import { useTRPC } from "@/trpc/client.tsx";
import { activeNavItem, navItems } from "./navigation.ts";
import { live } from "./page-layout.tsx";

export function AdminNav() {
  const pathname = usePathname();
  const nav = useRef<HTMLElement>(null);

  useEffect(() => {
    const here = nav.current?.querySelector<HTMLElement>(`a[href="${activeNavItem(pathname)}"]`);
    if (nav.current && here)
      nav.current.scrollLeft = here.offsetLeft - (nav.current.clientWidth - here.offsetWidth) / 2;
  }, [pathname]);

  return (
    <nav ref={nav} aria-label="Operator's screens" className="relative -mx-1 overflow-x-auto px-1 py-1">
      <ul className="flex gap-0.5 sm:gap-1 lg:flex-col">
        {navItems.map(({ href, title, icon: Icon }) => {
          const isHere = href === activeNavItem(pathname);
          return (
            <li key={href}>
              <Link
                href={href}
                prefetch={false}
                aria-current={isHere ? "page" : undefined}
                className={cn(
                  "flex h-8 items-center gap-1.5 whitespace-nowrap rounded-md px-2 sm:gap-2.5 sm:px-2.5 text-sm text-muted-foreground transition-colors hover:bg-accent hover:text-foreground",
                  isHere && "bg-accent font-medium text-foreground",
                )}
              >
                <Icon aria-hidden className="hidden size-4 sm:block" />
                {title}
                {href === "/admin/dead-letters" && <OpenCount />}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

function OpenCount() {
  return useIsHydrated() && <Count />;
}

function Count() {
  const trpc = useTRPC();
  const { data: count = 0 } = useQuery(live(trpc.deadLetters.countOpen.queryOptions({})));
  if (count === 0) return null;
  return (
    <span className="ml-auto rounded-full border bg-card px-1.5 font-medium text-destructive text-xs tabular-nums">
      {count > 999 ? "999+" : count}
      <span className="sr-only"> open</span>
    </span>
  );
}
