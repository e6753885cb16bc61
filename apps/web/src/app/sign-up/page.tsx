import { emailLength, nameLength, passwordLength } from "@eventfork/core/users";
import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { AuthCard } from "@/components/auth-card.tsx";
import { getPerson } from "@/server/session.ts";
import { SignUpForm } from "./sign-up-form.tsx";

export const metadata: Metadata = { title: "Sign up" };

export default async function SignUpPage() {
  if ((await getPerson()) !== null) redirect("/account");
  return (
    <AuthCard title="Create your account" description="It takes half a minute.">
      <SignUpForm limits={{ name: nameLength.max, email: emailLength.max, password: passwordLength }} />
      <p className="text-sm text-muted-foreground">
        You have an account?{" "}
        <a href="/login" className="font-medium text-foreground underline underline-offset-4">
          Log in
        </a>
      </p>
    </AuthCard>
  );
}
