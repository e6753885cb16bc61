"use client";

import type { ApiKeyItem } from "@eventfork/core/api-keys";
import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { CheckIcon, ClockIcon, KeyRoundIcon, XIcon } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { ConfirmButton } from "@/components/forms/confirm-button.tsx";
import { useCanChange } from "@/components/layout/operator.tsx";
import { PageHeader } from "@/components/layout/page-layout.tsx";
import { type Column, DataTable } from "@/components/table/data-table.tsx";
import { Card } from "@/components/ui/panels.tsx";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import { EmptyState } from "@/components/ui/states.tsx";
import { StatusBadge } from "@/components/ui/status-badge.tsx";
import { useTRPC } from "@/trpc/client.tsx";
import { NewKeyDialog, SecretDialog } from "./dialogs.tsx";

const stateStyles = {
  active: { title: "Active", variant: "success", icon: CheckIcon },
  retiring: { title: "Retiring", variant: "warning", icon: ClockIcon },
  ended: { title: "Ended", variant: "neutral", icon: XIcon },
} as const;

const columns: readonly Column<ApiKeyItem>[] = [
  {
    title: "Key",
    isMain: true,
    cell: ({ name, tail }) => (
      <>
        <span className="block font-medium">{name}</span>
        <span className="font-mono text-muted-foreground text-xs">efk_…{tail}</span>
      </>
    ),
  },
  {
    title: "May send",
    from: "md",
    cell: ({ types, source, isStrict }) => (
      <>
        <span className="block font-mono text-xs">{types.join(", ")}</span>
        <span className="text-muted-foreground text-xs">
          as {source}
          {isStrict && ", strict"}
        </span>
      </>
    ),
  },
  {
    title: "State",
    cell: ({ state, expiresAt }) => (
      <span className="flex flex-col items-start gap-1">
        <StatusBadge style={stateStyles[state]} />
        {expiresAt !== null && (
          <span className="text-muted-foreground text-xs">
            {state === "retiring" ? "ends " : "ended "}
            <RelativeTime date={expiresAt} />
          </span>
        )}
      </span>
    ),
  },
  {
    title: "Last used",
    from: "sm",
    cell: ({ lastUsedAt }) => (
      <span className="text-muted-foreground">
        {lastUsedAt === null ? "Never" : <RelativeTime date={lastUsedAt} />}
      </span>
    ),
  },
  {
    title: "Made",
    from: "lg",
    cell: ({ createdAt, createdBy }) => (
      <span className="text-muted-foreground text-xs">
        <RelativeTime date={createdAt} className="block" />
        by {createdBy}
      </span>
    ),
  },
];

export function KeysView() {
  const trpc = useTRPC();
  const canChange = useCanChange();
  const { data: keys } = useSuspenseQuery(trpc.apiKeys.list.queryOptions());
  const [secret, setSecret] = useState<string | null>(null);
  const actions: Column<ApiKeyItem> = {
    title: "Change",
    align: "right",
    cell: (item) => <KeyActions item={item} onSecret={setSecret} />,
  };
  return (
    <div className="flex flex-col gap-5">
      <PageHeader title="Keys" description="Other programs send events with a key: POST /api/v1/events.">
        {canChange && <NewKeyDialog onSecret={setSecret} />}
      </PageHeader>
      <Card className="overflow-hidden">
        {keys.length === 0 ? (
          <EmptyState icon={KeyRoundIcon} title="No keys yet">
            A key lets a program that is not part of this app send the event types that you choose.
          </EmptyState>
        ) : (
          <DataTable rows={keys} keyOf={({ id }) => id} columns={canChange ? [...columns, actions] : columns} />
        )}
      </Card>
      <SecretDialog secret={secret} onClose={() => setSecret(null)} />
    </div>
  );
}

function KeyActions({ item, onSecret }: { item: ApiKeyItem; onSecret: (secret: string) => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const settle = {
    onError: ({ message }: { message: string }) => toast.error(message),
    onSettled: () => queryClient.invalidateQueries(trpc.apiKeys.pathFilter()),
  };
  const rotate = useMutation(
    trpc.apiKeys.rotate.mutationOptions({ ...settle, onSuccess: ({ secret }) => onSecret(secret) }),
  );
  const revoke = useMutation(
    trpc.apiKeys.revoke.mutationOptions({ ...settle, onSuccess: () => toast.success(`${item.name}'s key has ended.`) }),
  );
  if (item.state === "ended") return null;
  return (
    <span className="flex flex-wrap justify-end gap-2">
      {item.state === "active" && (
        <ConfirmButton
          question={`Rotate ${item.name}'s key?`}
          consequence="A new key with the same rights is shown once. The old one still sends for 24 hours."
          confirm="Rotate"
          disabled={rotate.isPending}
          onConfirm={() => rotate.mutate({ id: item.id })}
        >
          Rotate
        </ConfirmButton>
      )}
      <ConfirmButton
        question={`Revoke ${item.name}'s key?`}
        consequence={`Every program that sends with efk_…${item.tail} is refused from now on. This cannot be undone.`}
        confirm="Revoke"
        disabled={revoke.isPending}
        onConfirm={() => revoke.mutate({ id: item.id })}
      >
        Revoke
      </ConfirmButton>
    </span>
  );
}
