"use client";

import { contactIntegrations, type IntegrationName, topologyOf } from "@eventfork/core/topology";
import type { UserItem } from "@eventfork/core/users";
import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { ZapIcon } from "lucide-react";
import { useQueryStates } from "nuqs";
import { useState } from "react";
import { toast } from "sonner";
import { ConfirmButton } from "@/components/forms/confirm-button.tsx";
import { useCanChange } from "@/components/layout/operator.tsx";
import { ErrorText, PageHeader, refreshEveryMs, SectionCard } from "@/components/layout/page-layout.tsx";
import { EventListItem } from "@/components/table/event-row.tsx";
import { useEnabledIntegrations } from "@/components/table/integration.tsx";
import { Pager } from "@/components/table/pager.tsx";
import { Badge } from "@/components/ui/badge.tsx";
import { CopyId } from "@/components/ui/copy-id.tsx";
import { NativeSelect } from "@/components/ui/fields.tsx";
import { Alert, Card } from "@/components/ui/panels.tsx";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import { EmptyState } from "@/components/ui/states.tsx";
import { deliveryStatusStyles, StatusBadge } from "@/components/ui/status-badge.tsx";
import { formatClientAddress, nameUserAgent, pluralise } from "@/lib/format.ts";
import { toInput } from "@/lib/search-params.ts";
import { useTRPC } from "@/trpc/client.tsx";
import { personParams, roleOptions, roleTitles } from "../search-params.ts";
import { RoleBadge } from "../table.tsx";
import { EraseDialog, TakeOffDialog } from "./dialogs.tsx";

export function PersonView({ id }: { id: string }) {
  const trpc = useTRPC();
  const canChange = useCanChange();
  const keepers = usePeopleKeepers();
  const { data: person } = useSuspenseQuery(trpc.people.get.queryOptions({ userId: id }));
  const isErased = person.erasedAt !== null;
  return (
    <div className="flex flex-col gap-5">
      <PageHeader
        title={person.name || "No name"}
        description={
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <span className="break-all">{isErased ? "No address any more" : person.email}</span>
            <RoleBadge person={person} />
            <span>
              Signed up <RelativeTime date={person.createdAt} />
            </span>
          </span>
        }
      >
        <CopyId id={person.id} />
      </PageHeader>
      {isErased && <Erased id={id} />}
      <PersonEvents id={id} />
      {!isErased && (
        <div className="grid gap-4 lg:grid-cols-2">
          <Sessions id={id} />
          {canChange && (
            <>
              <SectionCard title="Role">
                <RoleForm person={person} />
              </SectionCard>
              <Card role="region" aria-label="Personal data" className="flex flex-col gap-4 p-5 lg:col-span-2">
                <div className="flex flex-col gap-1">
                  <h2 className="font-semibold text-sm">Personal data</h2>
                  <p className="text-muted-foreground text-sm">{describeErasing(keepers)}</p>
                </div>
                <div className="flex flex-wrap gap-2">
                  {keepers.map((name) => (
                    <TakeOffDialog key={name} id={id} integration={name} />
                  ))}
                  <EraseDialog person={person} />
                </div>
              </Card>
            </>
          )}
        </div>
      )}
    </div>
  );
}

function Erased({ id }: { id: string }) {
  const trpc = useTRPC();
  const { data: erasure } = useSuspenseQuery({
    ...trpc.people.erasure.queryOptions({ userId: id }),
    refetchInterval: ({ state }) => (state.data?.finishedAt ? false : refreshEveryMs),
  });
  if (erasure === null) return null;
  const { events, deliveries, finishedAt, requestedAt, requestedBy } = erasure;
  return (
    <Alert variant="warning">
      Erased <RelativeTime date={requestedAt} /> {requestedBy === "the person" ? "by the person" : "by an operator"}.{" "}
      {pluralise(events, "event")} and {pluralise(deliveries, "delivery", "deliveries")} were blanked
      {finishedAt === null ? " so far; the rest follows within minutes." : "."} What was in a queue is blanked when it
      comes back, for 15 days.
    </Alert>
  );
}

function Sessions({ id }: { id: string }) {
  const trpc = useTRPC();
  const canChange = useCanChange();
  const { data: sessions } = useSuspenseQuery(trpc.people.sessions.queryOptions({ userId: id }));
  return (
    <SectionCard title="Sessions">
      {sessions.length === 0 ? (
        <p className="text-muted-foreground text-sm">Logged in nowhere.</p>
      ) : (
        <ul className="flex flex-col gap-2 text-sm">
          {sessions.map(({ id: sessionId, userAgent, ipAddress, createdAt }) => (
            <li key={sessionId} className="flex flex-wrap justify-between gap-x-4">
              <span className="min-w-0 break-words">
                {nameUserAgent(userAgent)}
                {ipAddress && <span className="text-muted-foreground"> from {formatClientAddress(ipAddress)}</span>}
              </span>
              <RelativeTime date={createdAt} className="text-muted-foreground" />
            </li>
          ))}
        </ul>
      )}
      {canChange && sessions.length > 0 && <EndSessions id={id} />}
    </SectionCard>
  );
}

function EndSessions({ id }: { id: string }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const end = useMutation(
    trpc.people.endSessions.mutationOptions({
      onSuccess: ({ ended }) => toast.success(`${pluralise(ended, "session")} ended.`),
      onSettled: () => queryClient.invalidateQueries(trpc.people.pathFilter()),
    }),
  );
  return (
    <div className="mt-3 flex flex-col items-start gap-2">
      <ConfirmButton
        question="End all sessions?"
        consequence="The person is logged out everywhere, and can log in again with the password."
        confirm="End sessions"
        disabled={end.isPending}
        onConfirm={() => end.mutate({ userId: id })}
      >
        End sessions…
      </ConfirmButton>
      <ErrorText error={end.error} />
    </div>
  );
}

function usePeopleKeepers(): IntegrationName[] {
  const on = useEnabledIntegrations();
  return contactIntegrations.filter((name) => on.some(({ value }) => value === name));
}

function describeErasing(keepers: readonly IntegrationName[]): string {
  const titles = keepers.map((name) => topologyOf(name).title).join(" and ");
  if (titles === "") return "Erasing removes who the person is. Their events stay counted.";
  return `Erasing forgets the address, by which ${titles} knows the person: take them off ${titles} first.`;
}

function PersonEvents({ id }: { id: string }) {
  const trpc = useTRPC();
  const [{ cursor }, setParams] = useQueryStates(personParams, { history: "push" });
  const { data } = useSuspenseQuery(trpc.people.events.queryOptions({ userId: id, ...toInput({ cursor }) }));
  const { events, next } = data;
  return (
    <div className="flex flex-col gap-4">
      <Card role="region" aria-label="Events" className="overflow-hidden">
        {events.length === 0 ? (
          <EmptyState icon={ZapIcon} title="No events">
            Nothing was recorded about this person, or it was kept for its time and is gone.
          </EmptyState>
        ) : (
          <ul className="divide-y">
            {events.map(({ deliveries, erasedAt, ...event }) => (
              <EventListItem
                key={event.id}
                event={event}
                note={erasedAt !== null && <Badge>Blanked</Badge>}
                fates={deliveries.map(({ integration, status }) => ({
                  integration,
                  badge: <StatusBadge style={deliveryStatusStyles[status]} />,
                }))}
              />
            ))}
          </ul>
        )}
      </Card>
      <Pager isFirst={cursor === null} next={next} onMove={(to) => setParams({ cursor: to })} />
    </div>
  );
}

type Role = UserItem["role"];

const meanings: Record<Role, string> = {
  admin: "An admin sees and changes everything, and makes other operators.",
  viewer: "A viewer sees everything but whom it is about, and changes nothing.",
  user: "A user sees none of these screens.",
};

const isLess = (role: Role, than: Role) => {
  const order = ["user", "viewer", "admin"];
  return order.indexOf(role) < order.indexOf(than);
};

function warningsOf(person: UserItem, role: Role): string[] {
  if (isLess(role, person.role)) return ["Their sessions are ended."];
  if (person.emailVerified) return [];
  return [`Nobody has confirmed ${person.email}: confirm that you have checked that it is theirs.`];
}

function RoleForm({ person }: { person: UserItem }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [role, setRole] = useState<Role>(person.role);
  const grant = useMutation(
    trpc.people.grant.mutationOptions({
      onSuccess: () => toast.success(`${person.name} is ${roleTitles[role].toLowerCase()} now.`),
      onSettled: () => queryClient.invalidateQueries(trpc.people.pathFilter()),
    }),
  );

  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap gap-2">
        <NativeSelect
          aria-label={`Role of ${person.name}`}
          value={role}
          onChange={(event) => setRole(roleOptions.find(({ value }) => value === event.target.value)?.value ?? role)}
        >
          {roleOptions.map(({ value, title }) => (
            <option key={value} value={value}>
              {title}
            </option>
          ))}
        </NativeSelect>
        <ConfirmButton
          question={`Make ${person.name} ${roleTitles[role].toLowerCase()}?`}
          consequence={[meanings[role], ...warningsOf(person, role)].join(" ")}
          confirm="Change role"
          disabled={role === person.role || grant.isPending}
          onConfirm={() => grant.mutate({ email: person.email, role, isAddressChecked: true })}
        >
          Change role…
        </ConfirmButton>
      </div>
      <p className="text-muted-foreground text-sm">{meanings[role]}</p>
      <ErrorText error={grant.error} />
    </div>
  );
}
