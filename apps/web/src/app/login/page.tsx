import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { AuthCard } from "@/components/auth-card.tsx";
import { getRuntime } from "@/server/runtime.ts";
import { getPerson } from "@/server/session.ts";
import { LogInForm } from "./log-in-form.tsx";

export const metadata: Metadata = { title: "Log in" };

type LogInPageProps = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function LogInPage({ searchParams }: LogInPageProps) {
  const next = ownPath((await searchParams)["next"]);
  const person = await getPerson();
  if (person !== null) redirect(next ?? (person.role === "user" ? "/account" : "/admin"));
  return (
    <AuthCard title="Log in" description="Welcome back.">
      <LogInForm next={next} canReset={getRuntime().hasMail} />
      <p className="text-sm text-muted-foreground">
        New here?{" "}
        <a href="/sign-up" className="font-medium text-foreground underline underline-offset-4">
          Create an account
        </a>
      </p>
    </AuthCard>
  );
}

// Only a path of this site: an address of another one would make our log-in page part of somebody's phishing.
function ownPath(next: string | string[] | undefined): string | null {
  return typeof next === "string" && /^\/(?![/\\])[\w\-/.?=&%]*$/.test(next) ? next : null;
}
