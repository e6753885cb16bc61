import type { InferGetServerSidePropsType } from "next";
import { AuthCard } from "@/components/public/auth-card.tsx";
import { PageTitle } from "@/components/public/page-title.tsx";
import { buttonVariants } from "@/components/ui/button-variants.ts";
import { leadTo, servePage } from "@/server/visit.ts";

/** Where the link in the mail leads, once the address is confirmed or could not be. */
export const getServerSideProps = servePage(async ({ runtime, query, findPerson }) => {
  if (!runtime.hasMail) return { notFound: true };
  const hasFailed = query["error"] !== undefined;
  if (!hasFailed && (await findPerson()) !== null) return leadTo("/account");
  return { props: { hasFailed } };
});

export default function VerifyEmailPage({ hasFailed }: InferGetServerSidePropsType<typeof getServerSideProps>) {
  const [title, description] = hasFailed
    ? ["This link has run out", "Log in with your password, and a new one is in your mail."]
    : ["Your address is confirmed", "Log in, and go on."];
  return (
    <AuthCard title={title} description={description}>
      <PageTitle>Confirm your address</PageTitle>
      <a href="/login" className={buttonVariants({ size: "lg" })}>
        Log in
      </a>
    </AuthCard>
  );
}
