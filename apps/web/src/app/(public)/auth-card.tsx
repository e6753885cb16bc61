import type { ReactNode } from "react";
import { PublicHeader } from "@/components/layout/header.tsx";
import { alertVariants } from "@/components/ui/classes.ts";

type AuthCardProps = { title: string; description: string; needsScript?: boolean; children: ReactNode };

export function AuthCard({ title, description, needsScript = false, children }: AuthCardProps) {
  return (
    <div className="flex min-h-dvh flex-col">
      <PublicHeader />
      <main className="mx-auto flex w-full max-w-sm flex-1 flex-col gap-7 px-5 pt-[min(12vh,7rem)] pb-24">
        <div className="flex flex-col gap-1.5">
          <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
          <p className="text-sm text-muted-foreground">{description}</p>
        </div>
        {needsScript && (
          <noscript>
            <div role="alert" className={alertVariants({ variant: "warning" })}>
              This form needs JavaScript. Switch it on for this site and load the page again.
            </div>
          </noscript>
        )}
        {children}
      </main>
    </div>
  );
}

type OtherWayProps = { question: string; href: string; children: string };

export function OtherWay({ question, href, children }: OtherWayProps) {
  return (
    <p className="text-sm text-muted-foreground">
      {question}{" "}
      <a href={href} className="font-medium text-foreground underline underline-offset-4">
        {children}
      </a>
    </p>
  );
}
