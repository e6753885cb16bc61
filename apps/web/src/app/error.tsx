"use client";

import { ErrorState } from "@/components/ui/states.tsx";

export default function ErrorPage({ retry }: { retry: () => void }) {
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-lg flex-col justify-center px-5">
      <ErrorState title="This page could not be shown" onRetry={retry} />
    </main>
  );
}
