import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getRuntime } from "@/server/context.ts";
import { AuthCard, OtherWay } from "../auth-card.tsx";
import { ForgotPasswordForm } from "./forgot-password-form.tsx";

export const metadata: Metadata = { title: "Forgot password" };

export default function ForgotPasswordPage() {
  if (!getRuntime().hasMail) notFound();
  return (
    <AuthCard
      title="Forgot your password?"
      description="Enter your e-mail address. A link to choose a new password is mailed to you."
      needsScript
    >
      <ForgotPasswordForm />
      <OtherWay question="Remembered it?" href="/login">
        Log in
      </OtherWay>
    </AuthCard>
  );
}
