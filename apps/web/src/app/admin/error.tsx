"use client";

import { useQueryErrorResetBoundary } from "@tanstack/react-query";
import { TRPCClientError } from "@trpc/client";
import { ErrorState } from "@/components/error-state.tsx";

export default function AdminErrorPage({ error, retry }: { error: unknown; retry: () => void }) {
  const { reset } = useQueryErrorResetBoundary();
  return (
    <ErrorState
      title="This screen could not be shown"
      {...(error instanceof TRPCClientError && { message: error.message })}
      onRetry={() => {
        reset();
        retry();
      }}
    />
  );
}
