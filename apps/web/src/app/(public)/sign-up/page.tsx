import { emailLength, nameLength, passwordLength } from "@eventfork/core/users";
import type { Metadata } from "next";
import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import { getRuntime } from "@/server/context.ts";
import { findReturned } from "@/server/http/forms.ts";
import { getPerson } from "@/server/session.ts";
import { AuthCard, OtherWay } from "../auth-card.tsx";
import { SignUpForm } from "./sign-up-form.tsx";

export const metadata: Metadata = { title: "Sign up" };

const limits = { name: nameLength.max, email: emailLength.max, password: passwordLength };

export default async function SignUpPage() {
  if ((await getPerson()) !== null) redirect("/account");
  const returned = findReturned(getRuntime().baseURL, await cookies(), "/sign-up");
  return (
    <AuthCard title="Create your account" description="It takes half a minute.">
      <SignUpForm limits={limits} returned={returned} />
      <OtherWay question="You have an account?" href="/login">
        Log in
      </OtherWay>
    </AuthCard>
  );
}
