import type { NextPageContext } from "next";
import { ErrorState } from "@/components/error-state.tsx";
import { PageTitle } from "@/components/public/page-title.tsx";
import { nonceOf } from "@/lib/nonce.ts";

/** What stands in the place of a public page that could not be made: the database is away, say. */
export default function ErrorPage() {
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-lg flex-col justify-center px-5">
      <PageTitle>Error</PageTitle>
      <ErrorState title="This page could not be shown" onRetry={() => window.location.reload()} />
    </main>
  );
}

ErrorPage.getInitialProps = ({ req }: NextPageContext) => ({ nonce: nonceOf(req) });
