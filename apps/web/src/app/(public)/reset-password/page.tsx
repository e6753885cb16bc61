import { passwordLength } from "@eventfork/core/users";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { buttonVariants } from "@/components/ui/classes.ts";
import { getRuntime } from "@/server/context.ts";
import { AuthCard } from "../auth-card.tsx";
import { ResetPasswordForm } from "./reset-password-form.tsx";

// The URL holds the token: no referrer may carry it.
export const metadata: Metadata = { title: "New password", referrer: "no-referrer" };

type ResetPasswordPageProps = { searchParams: Promise<{ token?: string | string[] }> };

export default async function ResetPasswordPage({ searchParams }: ResetPasswordPageProps) {
  if (!getRuntime().hasMail) notFound();
  const { token } = await searchParams;
  if (typeof token !== "string" || token === "") {
    return (
      <AuthCard
        title="This link is not complete"
        description="Copy the whole of it from the mail, or ask for a new one."
      >
        <a href="/forgot-password" className={buttonVariants({ size: "lg" })}>
          Ask for a new link
        </a>
      </AuthCard>
    );
  }
  return (
    <AuthCard
      title="Choose a new password"
      description="You are logged out everywhere else when it is set."
      needsScript
    >
      <ResetPasswordForm token={token} length={passwordLength} />
    </AuthCard>
  );
}
