import type { Metadata } from "next";
import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import { homeOf, ownPath } from "@/lib/auth-forms.ts";
import { getRuntime } from "@/server/context.ts";
import { findReturned } from "@/server/http/forms.ts";
import { getPerson } from "@/server/session.ts";
import { AuthCard, OtherWay } from "../auth-card.tsx";
import { LogInForm } from "./log-in-form.tsx";

export const metadata: Metadata = { title: "Log in" };

export default async function LogInPage({ searchParams }: { searchParams: Promise<{ next?: string | string[] }> }) {
  const next = ownPath((await searchParams).next);
  const person = await getPerson();
  if (person !== null) redirect(next ?? homeOf(person.role));
  const { baseURL, hasMail } = getRuntime();
  const returned = findReturned(baseURL, await cookies(), "/login");
  return (
    <AuthCard title="Log in" description="Welcome back.">
      <LogInForm next={next} canReset={hasMail} returned={returned} />
      <OtherWay question="New here?" href="/sign-up">
        Create an account
      </OtherWay>
    </AuthCard>
  );
}
