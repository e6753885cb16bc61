import { passwordLength } from "@eventfork/core/users";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { AuthCard } from "@/components/auth-card.tsx";
import { Button } from "@/components/ui/button.tsx";
import { getRuntime } from "@/server/runtime.ts";
import { ResetPasswordForm } from "./reset-password-form.tsx";

// The link's token is in the address: it goes to nobody else, not even as a referrer.
export const metadata: Metadata = { title: "New password", referrer: "no-referrer" };

type ResetPasswordPageProps = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function ResetPasswordPage({ searchParams }: ResetPasswordPageProps) {
  if (!getRuntime().hasMail) notFound();
  const { token } = await searchParams;
  if (typeof token !== "string" || token === "") {
    return (
      <AuthCard
        title="This link is not complete"
        description="Copy the whole of it from the mail, or ask for a new one."
      >
        <Button asChild size="lg">
          <a href="/forgot-password">Ask for a new link</a>
        </Button>
      </AuthCard>
    );
  }
  return (
    <AuthCard title="Choose a new password" description="You are logged out everywhere else when it is set.">
      <ResetPasswordForm token={token} length={passwordLength} />
    </AuthCard>
  );
}
