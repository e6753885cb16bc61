import { ChevronLeftIcon } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { Card } from "@/components/ui/panels.tsx";
import { cn } from "@/lib/utils.ts";

type PageHeaderProps = { title: string; description: ReactNode; children?: ReactNode };

export function PageHeader({ title, description, children }: PageHeaderProps) {
  return (
    <header className="flex flex-wrap items-end justify-between gap-x-6 gap-y-4">
      <div className="flex min-w-0 flex-col gap-1">
        <h1 className="break-words text-xl font-semibold tracking-tight">
          <bdi>{title}</bdi>
        </h1>
        <p className="text-sm text-muted-foreground">{description}</p>
      </div>
      {children !== undefined && <div className="flex flex-wrap items-center gap-2">{children}</div>}
    </header>
  );
}

export function BackLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Link
      href={href}
      className="inline-flex w-fit items-center gap-1 rounded-sm text-muted-foreground text-sm hover:text-foreground"
    >
      <ChevronLeftIcon aria-hidden className="size-4" />
      {children}
    </Link>
  );
}

type SectionCardProps = { title: string; children: ReactNode; aside?: ReactNode };

export function SectionCard({ title, children, aside }: SectionCardProps) {
  return (
    <Card role="region" aria-label={title} className="flex min-w-0 flex-col gap-4 p-5">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <h2 className="font-semibold text-sm">{title}</h2>
        {aside}
      </div>
      {children}
    </Card>
  );
}

export function DescriptionList({ children }: { children: ReactNode }) {
  return <dl className="grid gap-x-8 gap-y-4 p-5 text-sm sm:grid-cols-2 lg:grid-cols-3">{children}</dl>;
}

export function DescriptionItem({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-muted-foreground text-xs">{title}</dt>
      <dd className="mt-0.5 break-words">{children}</dd>
    </div>
  );
}

export function ErrorText({ error }: { error: { message: string } | null }) {
  return (
    error && (
      <p role="alert" className="break-words text-destructive text-sm">
        {error.message}
      </p>
    )
  );
}

export function LiveIndicator({ isFailing }: { isFailing: boolean }) {
  return (
    <span role="status" className="inline-flex items-center gap-2 text-xs text-muted-foreground">
      <span aria-hidden className={cn("size-2 rounded-full", isFailing ? "bg-warning-fill" : "bg-success-fill")} />
      {isFailing ? "No answer from the server; trying again" : "Live"}
    </span>
  );
}

export const refreshEveryMs = 2_000;

/** Refetches the query regularly, except in a hidden tab. */
export function live<Options extends object>(options: Options, everyMs = refreshEveryMs) {
  return { ...options, refetchInterval: everyMs };
}
