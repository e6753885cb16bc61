import type { InferGetServerSidePropsType } from "next";
import { AuthCard } from "@/components/public/auth-card.tsx";
import { LogInForm } from "@/components/public/log-in-form.tsx";
import { OtherWay } from "@/components/public/other-way.tsx";
import { PageTitle } from "@/components/public/page-title.tsx";
import { leadTo, servePage } from "@/server/visit.ts";

export const getServerSideProps = servePage(async ({ query, runtime, findPerson }) => {
  const next = ownPath(query["next"]);
  const person = await findPerson();
  if (person !== null) return leadTo(next ?? (person.role === "user" ? "/account" : "/admin"));
  return { props: { next, canReset: runtime.hasMail } };
});

export default function LogInPage({ next, canReset }: InferGetServerSidePropsType<typeof getServerSideProps>) {
  return (
    <AuthCard title="Log in" description="Welcome back.">
      <PageTitle>Log in</PageTitle>
      <LogInForm next={next} canReset={canReset} />
      <OtherWay question="New here?" href="/sign-up">
        Create an account
      </OtherWay>
    </AuthCard>
  );
}

// Only a path of this site: an address of another one would make our log-in page part of somebody's phishing.
function ownPath(next: string | string[] | undefined): string | null {
  return typeof next === "string" && /^\/(?![/\\])[\w\-/.?=&%]*$/.test(next) ? next : null;
}
