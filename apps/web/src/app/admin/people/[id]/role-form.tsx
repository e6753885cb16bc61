"use client";

import type { UserItem } from "@eventfork/core/users";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useId, useState } from "react";
import {
  AlertDialog,
  AlertDialogAction,
  AlertDialogCancel,
  AlertDialogContent,
  AlertDialogDescription,
  AlertDialogTitle,
} from "@/components/ui/alert-dialog.tsx";
import { Button } from "@/components/ui/button.tsx";
import { DialogFooter, DialogHeader } from "@/components/ui/dialog.tsx";
import { Label } from "@/components/ui/label.tsx";
import { NativeSelect } from "@/components/ui/native-select.tsx";
import { toast } from "@/lib/toast.ts";
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
  const id = useId();
  const [role, setRole] = useState<Role>(person.role);
  const [isAsking, setIsAsking] = useState(false);
  const grant = useMutation(
    trpc.people.grant.mutationOptions({
      onSuccess: () => toast.success(`${person.name} is ${roleTitles[role].toLowerCase()} now.`),
      onSettled: () => queryClient.invalidateQueries(trpc.people.pathFilter()),
    }),
  );

  function submit(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    setIsAsking(true);
  }

  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <Label htmlFor={id} className="sr-only">
        Role of {person.name}
      </Label>
      <div className="flex flex-wrap gap-2">
        <NativeSelect
          id={id}
          value={role}
          onChange={(event) => setRole(roleOptions.find(({ value }) => value === event.target.value)?.value ?? role)}
        >
          {roleOptions.map(({ value, title }) => (
            <option key={value} value={value}>
              {title}
            </option>
          ))}
        </NativeSelect>
        <Button type="submit" variant="outline" disabled={role === person.role || grant.isPending}>
          Change role…
        </Button>
      </div>
      <p className="text-muted-foreground text-sm">{meanings[role]}</p>
      {grant.error !== null && (
        <p role="alert" className="text-destructive text-sm">
          {grant.error.message}
        </p>
      )}
      <AlertDialog open={isAsking} onOpenChange={setIsAsking}>
        <AlertDialogContent>
          <DialogHeader>
            <AlertDialogTitle>
              Make {person.name} {roleTitles[role].toLowerCase()}?
            </AlertDialogTitle>
            <AlertDialogDescription>
              {meanings[role]} {isLess(role, person.role) && "Their sessions are ended."}
            </AlertDialogDescription>
          </DialogHeader>
          <DialogFooter>
            <AlertDialogCancel>Cancel</AlertDialogCancel>
            <AlertDialogAction onClick={() => grant.mutate({ email: person.email, role })}>
              Change role
            </AlertDialogAction>
          </DialogFooter>
        </AlertDialogContent>
      </AlertDialog>
    </form>
  );
}
