import { AuthCard } from "@/components/public/auth-card.tsx";
import { ForgotPasswordForm } from "@/components/public/forgot-password-form.tsx";
import { OtherWay } from "@/components/public/other-way.tsx";
import { PageTitle } from "@/components/public/page-title.tsx";
import { servePage } from "@/server/visit.ts";

export const getServerSideProps = servePage(async ({ runtime }) =>
  runtime.hasMail ? { props: {} } : { notFound: true },
);

export default function ForgotPasswordPage() {
  return (
    <AuthCard
      title="Forgotten your password?"
      description="Say who you are, and a link to choose a new one is in your mail."
    >
      <PageTitle>Forgotten password</PageTitle>
      <ForgotPasswordForm />
      <OtherWay question="You remember it?" href="/login">
        Log in
      </OtherWay>
    </AuthCard>
  );
}
