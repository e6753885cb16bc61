import { emailLength, nameLength, passwordLength } from "@eventfork/core/users";
import type { InferGetServerSidePropsType } from "next";
import { AuthCard } from "@/components/public/auth-card.tsx";
import { OtherWay } from "@/components/public/other-way.tsx";
import { PageTitle } from "@/components/public/page-title.tsx";
import { SignUpForm } from "@/components/public/sign-up-form.tsx";
import { leadTo, servePage } from "@/server/visit.ts";

export const getServerSideProps = servePage(async ({ findPerson }) => {
  if ((await findPerson()) !== null) return leadTo("/account");
  return { props: { limits: { name: nameLength.max, email: emailLength.max, password: passwordLength } } };
});

export default function SignUpPage({ limits }: InferGetServerSidePropsType<typeof getServerSideProps>) {
  return (
    <AuthCard title="Create your account" description="It takes half a minute.">
      <PageTitle>Sign up</PageTitle>
      <SignUpForm limits={limits} />
      <OtherWay question="You have an account?" href="/login">
        Log in
      </OtherWay>
    </AuthCard>
  );
}
