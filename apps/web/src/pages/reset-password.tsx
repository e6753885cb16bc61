import { passwordLength } from "@eventfork/core/users";
import type { InferGetServerSidePropsType } from "next";
import Head from "next/head";
import { AuthCard } from "@/components/public/auth-card.tsx";
import { PageTitle } from "@/components/public/page-title.tsx";
import { ResetPasswordForm } from "@/components/public/reset-password-form.tsx";
import { buttonVariants } from "@/components/ui/button-variants.ts";
import { servePage } from "@/server/visit.ts";

export const getServerSideProps = servePage(async ({ runtime, query: { token } }) => {
  if (!runtime.hasMail) return { notFound: true };
  return { props: { token: typeof token === "string" && token !== "" ? token : null, length: passwordLength } };
});

export default function ResetPasswordPage({ token, length }: InferGetServerSidePropsType<typeof getServerSideProps>) {
  return (
    <>
      <PageTitle>New password</PageTitle>
      <Head>
        {/* The link's token is in the address: it goes to nobody else, not even as a referrer. */}
        <meta name="referrer" content="no-referrer" />
      </Head>
      {token === null ? (
        <AuthCard
          title="This link is not complete"
          description="Copy the whole of it from the mail, or ask for a new one."
        >
          <a href="/forgot-password" className={buttonVariants({ size: "lg" })}>
            Ask for a new link
          </a>
        </AuthCard>
      ) : (
        <AuthCard title="Choose a new password" description="You are logged out everywhere else when it is set.">
          <ResetPasswordForm token={token} length={length} />
        </AuthCard>
      )}
    </>
  );
}
