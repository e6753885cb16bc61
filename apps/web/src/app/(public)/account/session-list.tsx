"use client";

import type { SessionItem } from "@eventfork/core/users";
import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import { Badge } from "@/components/ui/badge.tsx";
import { Button } from "@/components/ui/button.tsx";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import { StatusMessage } from "@/components/ui/states.tsx";
import type { AuthFormAnswer } from "@/lib/auth-client.ts";
import { formatClientAddress, nameUserAgent } from "@/lib/format.ts";
import { askAccount } from "./account-client.ts";

type SessionListProps = { sessions: readonly (SessionItem & { isCurrent: boolean })[] };

export function SessionList({ sessions }: SessionListProps) {
  const router = useRouter();
  const [message, showMessage] = useState("");
  const [isPending, startTransition] = useTransition();

  function end(ask: () => Promise<AuthFormAnswer>, done: string): void {
    startTransition(async () => {
      const answer = await ask();
      showMessage(answer.ok ? done : (answer.problems["form"] ?? "It could not be ended. Try again."));
      router.refresh();
    });
  }

  return (
    <div className="flex flex-col gap-4">
      <ul className="divide-y rounded-lg border">
        {sessions.map(({ id, userAgent, ipAddress, createdAt, isCurrent }) => (
          <li key={id} className="flex flex-wrap items-center justify-between gap-3 px-4 py-3 text-sm">
            <div className="flex min-w-0 flex-col gap-0.5">
              <span className="flex flex-wrap items-center gap-2 break-words font-medium">
                {nameUserAgent(userAgent)}
                {isCurrent && <Badge variant="success">This device</Badge>}
              </span>
              <span className="text-muted-foreground text-xs">
                Since <RelativeTime date={createdAt} />
                {ipAddress && <> from {formatClientAddress(ipAddress)}</>}
              </span>
            </div>
            {!isCurrent && (
              <Button
                variant="outline"
                size="sm"
                disabled={isPending}
                aria-label={`End the session of ${nameUserAgent(userAgent)}`}
                onClick={() =>
                  end(
                    () => askAccount((account) => account.endSession.mutate({ sessionId: id })),
                    "The session is ended.",
                  )
                }
              >
                End
              </Button>
            )}
          </li>
        ))}
      </ul>
      <div className="flex flex-wrap items-center gap-3">
        {sessions.length > 1 && (
          <Button
            variant="outline"
            size="sm"
            disabled={isPending}
            onClick={() =>
              end(() => askAccount((account) => account.endOtherSessions.mutate()), "Every other session is ended.")
            }
          >
            End all others
          </Button>
        )}
        <StatusMessage>{message}</StatusMessage>
      </div>
    </div>
  );
}
