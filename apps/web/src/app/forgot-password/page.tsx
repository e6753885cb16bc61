import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { AuthCard } from "@/components/auth-card.tsx";
import { getRuntime } from "@/server/runtime.ts";
import { ForgotPasswordForm } from "./forgot-password-form.tsx";

export const metadata: Metadata = { title: "Forgotten password" };

export default function ForgotPasswordPage() {
  if (!getRuntime().hasMail) notFound();
  return (
    <AuthCard
      title="Forgotten your password?"
      description="Say who you are, and a link to choose a new one is in your mail."
    >
      <ForgotPasswordForm />
      <p className="text-muted-foreground text-sm">
        You remember it?{" "}
        <a href="/login" className="font-medium text-foreground underline underline-offset-4">
          Log in
        </a>
      </p>
    </AuthCard>
  );
}
