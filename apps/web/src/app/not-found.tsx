import type { Metadata } from "next";
import { PublicHeader } from "@/components/layout/header.tsx";
import { buttonVariants } from "@/components/ui/classes.ts";

export const metadata: Metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <div className="flex min-h-dvh flex-col">
      <PublicHeader />
      <main className="mx-auto flex w-full max-w-sm flex-1 flex-col items-start justify-center gap-4 px-5 pb-24">
        <p className="font-mono text-sm text-muted-foreground">404</p>
        <h1 className="text-2xl font-semibold tracking-tight">Page not found</h1>
        <p className="text-sm text-muted-foreground">The address may be mistyped, or the page may not be for you.</p>
        <a href="/" className={buttonVariants({ variant: "outline" })}>
          Go to the start page
        </a>
      </main>
    </div>
  );
}
