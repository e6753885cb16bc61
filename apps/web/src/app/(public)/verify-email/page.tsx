import type { Metadata } from "next";
import { notFound, redirect } from "next/navigation";
import { buttonVariants } from "@/components/ui/classes.ts";
import { getRuntime } from "@/server/context.ts";
import { getPerson } from "@/server/session.ts";
import { AuthCard } from "../auth-card.tsx";

export const metadata: Metadata = { title: "Confirm your address" };

export default async function VerifyEmailPage({ searchParams }: { searchParams: Promise<{ error?: unknown }> }) {
  if (!getRuntime().hasMail) notFound();
  const hasFailed = (await searchParams).error !== undefined;
  if (!hasFailed && (await getPerson()) !== null) redirect("/account");
  const [title, description] = hasFailed
    ? ["This link has expired", "Log in with your password, and a new one is in your mail."]
    : ["Your address is confirmed", "Log in, and go on."];
  return (
    <AuthCard title={title} description={description}>
      <a href="/login" className={buttonVariants({ size: "lg" })}>
        Log in
      </a>
    </AuthCard>
  );
}
