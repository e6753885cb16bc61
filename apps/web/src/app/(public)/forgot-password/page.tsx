import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getRuntime } from "@/server/context.ts";
import { AuthCard, OtherWay } from "../auth-card.tsx";
import { ForgotPasswordForm } from "./forgot-password-form.tsx";

export const metadata: Metadata = { title: "Forgotten password" };

export default function ForgotPasswordPage() {
  if (!getRuntime().hasMail) notFound();
  return (
    <AuthCard
      title="Forgotten your password?"
      description="Say who you are, and a link to choose a new one is in your mail."
      needsScript
    >
      <ForgotPasswordForm />
      <OtherWay question="You remember it?" href="/login">
        Log in
      </OtherWay>
    </AuthCard>
  );
}
