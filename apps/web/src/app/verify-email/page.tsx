import type { Metadata } from "next";
import { notFound, redirect } from "next/navigation";
import { AuthCard } from "@/components/auth-card.tsx";
import { Button } from "@/components/ui/button.tsx";
import { getRuntime } from "@/server/runtime.ts";
import { getPerson } from "@/server/session.ts";

export const metadata: Metadata = { title: "Confirm your address" };

type VerifyEmailPageProps = { searchParams: Promise<Record<string, string | string[] | undefined>> };

/** Where the link in the mail leads, once the address is confirmed or could not be. */
export default async function VerifyEmailPage({ searchParams }: VerifyEmailPageProps) {
  if (!getRuntime().hasMail) notFound();
  const hasFailed = (await searchParams)["error"] !== undefined;
  if (!hasFailed && (await getPerson()) !== null) redirect("/account");
  const [title, description] = hasFailed
    ? ["This link has run out", "Log in with your password, and a new one is in your mail."]
    : ["Your address is confirmed", "Log in, and go on."];
  return (
    <AuthCard title={title} description={description}>
      <Button asChild size="lg">
        <a href="/login">Log in</a>
      </Button>
    </AuthCard>
  );
}
