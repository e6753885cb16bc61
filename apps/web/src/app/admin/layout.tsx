import Link from "next/link";
import { notFound } from "next/navigation";
import { NuqsAdapter } from "nuqs/adapters/next/app";
import type { ComponentProps, ReactNode } from "react";
import { Logo } from "@/components/layout/header.tsx";
import { LogOutButton } from "@/components/layout/log-out-button.tsx";
import { AdminNav } from "@/components/layout/nav.tsx";
import { OperatorProvider } from "@/components/layout/operator.tsx";
import { ThemeToggle } from "@/components/layout/theme.tsx";
import { Toaster } from "@/components/layout/toaster.tsx";
import { getPerson } from "@/server/session.ts";
import { TRPCReactProvider } from "@/trpc/client.tsx";
import { CommandMenu } from "./command/command-menu.tsx";

export default async function AdminLayout({ children }: { children: ReactNode }) {
  const person = await getPerson();
  if (person === null) return children;
  const { name, role } = person;
  if (role === "user") notFound();
  return (
    <TRPCReactProvider>
      <NuqsAdapter>
        <OperatorProvider operator={{ name, role }}>
          <a
            href="#content"
            className="sr-only z-50 rounded-md bg-popover px-4 py-2 focus:not-sr-only focus:fixed focus:top-3 focus:left-3"
          >
            Skip to the content
          </a>
          <div className="min-h-dvh lg:grid lg:grid-cols-[14rem_1fr]">
            <aside className="flex flex-col gap-2 border-b bg-sidebar px-4 pt-3 pb-2 lg:sticky lg:top-0 lg:h-dvh lg:gap-6 lg:border-r lg:border-b-0 lg:px-3 lg:py-4">
              <div className="flex flex-wrap items-center gap-x-1 gap-y-4 lg:px-2">
                <Logo href="/admin" link={QuietLink} className="mr-auto" />
                <ThemeToggle />
                <CommandMenu className="lg:w-full" />
              </div>
              <AdminNav />
              <div className="hidden flex-col gap-1 lg:mt-auto lg:flex">
                <AccountLink name={name} role={role} />
                <LogOutButton variant="ghost" className="justify-start px-2.5 text-muted-foreground" />
              </div>
            </aside>
            <main
              id="content"
              tabIndex={-1}
              className="outline-none mx-auto min-h-dvh w-full min-w-0 max-w-6xl px-4 py-6 sm:px-6 lg:px-10 lg:py-10"
            >
              {children}
            </main>
            <footer className="flex items-center justify-between gap-2 border-t px-4 py-3 lg:hidden">
              <AccountLink name={name} role={role} />
              <LogOutButton variant="ghost" className="text-muted-foreground" />
            </footer>
          </div>
          <Toaster />
        </OperatorProvider>
      </NuqsAdapter>
    </TRPCReactProvider>
  );
}

function QuietLink(props: ComponentProps<typeof Link>) {
  return <Link prefetch={false} {...props} />;
}

function AccountLink({ name, role }: { name: string; role: "viewer" | "admin" }) {
  return (
    <QuietLink href="/account" className="min-w-0 rounded-md px-2.5 py-1.5 text-sm hover:bg-accent">
      <span className="block truncate font-medium">{name}</span>
      <span className="block text-xs text-muted-foreground">{role === "admin" ? "Admin" : "Viewer: may look"}</span>
    </QuietLink>
  );
}
