"use client";

import type { UserItem } from "@eventfork/core/users";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { toast } from "sonner";
import { ConfirmButton } from "@/components/admin/confirm-button.tsx";
import { NativeSelect } from "@/components/ui/native-select.tsx";
import { useTRPC } from "@/trpc/client.tsx";
import { roleOptions, roleTitles } from "../search-params.ts";

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

export function RoleForm({ person }: { person: UserItem }) {
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
          consequence={`${meanings[role]}${isLess(role, person.role) ? " Their sessions are ended." : ""}`}
          confirm="Change role"
          disabled={role === person.role || grant.isPending}
          onConfirm={() => grant.mutate({ email: person.email, role })}
        >
          Change role…
        </ConfirmButton>
      </div>
      <p className="text-muted-foreground text-sm">{meanings[role]}</p>
      {grant.error !== null && (
        <p role="alert" className="text-destructive text-sm">
          {grant.error.message}
        </p>
      )}
    </div>
  );
}
