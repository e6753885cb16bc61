"use client";

import { useQueryErrorResetBoundary } from "@tanstack/react-query";
import { TRPCClientError } from "@trpc/client";
import { usePathname, useSearchParams } from "next/navigation";
import { Button } from "@/components/ui/button.tsx";
import { ErrorState } from "@/components/ui/states.tsx";

export default function AdminErrorPage({ error, retry }: { error: unknown; retry: () => void }) {
  const { reset } = useQueryErrorResetBoundary();
  const pathname = usePathname();
  const search = useSearchParams();
  const hasCursor = search.has("cursor");
  return (
    <ErrorState
      title="This screen could not be shown"
      {...(error instanceof TRPCClientError && { message: error.message })}
      onRetry={() => {
        reset();
        retry();
      }}
    >
      {search.size > 0 && (
        <Button asChild variant="ghost" size="sm">
          <a href={pathname}>{hasCursor ? "Go to the first page" : "Show it without filters"}</a>
        </Button>
      )}
    </ErrorState>
  );
}
