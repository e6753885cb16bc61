"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { FormField, FormProblem, NewPasswordField } from "@/components/forms/form-field.tsx";
import { useAuthForm } from "@/components/forms/use-auth-form.ts";
import { Button } from "@/components/ui/button.tsx";
import { StatusMessage } from "@/components/ui/states.tsx";
import { postAuth } from "@/lib/auth-client.ts";
import { askAccount } from "./account-client.ts";

export function NameForm({ name, maxLength }: { name: string; maxLength: number }) {
  const router = useRouter();
  const [message, showMessage] = useState("");
  const { problems, isPending, formProps } = useAuthForm(
    (data) => askAccount((account) => account.rename.mutate({ name: String(data.get("name")) })),
    () => {
      showMessage("Your name is changed.");
      router.refresh();
    },
  );
  return (
    <form {...formProps} className="flex flex-col gap-3">
      <FormProblem problems={problems} />
      <FormField
        label="Name"
        name="name"
        autoComplete="name"
        required
        maxLength={maxLength}
        defaultValue={name}
        error={problems["name"]}
      />
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit" variant="outline" size="sm" disabled={isPending}>
          {isPending ? "Changing…" : "Change name"}
        </Button>
        <StatusMessage>{message}</StatusMessage>
      </div>
    </form>
  );
}

type PasswordFormProps = { email: string; length: { min: number; max: number } };

export function PasswordForm({ email, length }: PasswordFormProps) {
  const router = useRouter();
  const [message, showMessage] = useState("");
  const { problems, isPending, formProps } = useAuthForm(changePassword, () => {
    formProps.ref.current?.reset();
    showMessage("Your password is changed, and every other session is ended.");
    router.refresh();
  });
  return (
    <form {...formProps} className="flex flex-col gap-5">
      <FormProblem problems={problems} />
      {/* A password manager saves the new password under this. */}
      <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
      <FormField
        label="Current password"
        name="currentPassword"
        type="password"
        autoComplete="current-password"
        required
        error={problems["currentPassword"]}
      />
      <NewPasswordField label="New password" name="newPassword" length={length} error={problems["newPassword"]} />
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit" variant="outline" size="sm" disabled={isPending}>
          {isPending ? "Changing…" : "Change password"}
        </Button>
        <StatusMessage>{message}</StatusMessage>
      </div>
    </form>
  );
}

function changePassword(data: FormData) {
  return postAuth("/change-password", {
    currentPassword: data.get("currentPassword"),
    newPassword: data.get("newPassword"),
  });
}

export function DeleteAccountForm() {
  const [isSure, setIsSure] = useState(false);
  const { problems, isPending, formProps } = useAuthForm(
    (data) => askAccount((account) => account.delete.mutate({ password: String(data.get("password")) })),
    () => window.location.assign("/"),
  );
  if (!isSure) {
    return (
      <Button variant="outline" size="sm" className="self-start" onClick={() => setIsSure(true)}>
        Delete the account…
      </Button>
    );
  }
  return (
    <form {...formProps} className="flex flex-col gap-4">
      <FormProblem problems={problems} />
      <FormField
        label="Your password, to be sure"
        name="password"
        type="password"
        autoComplete="current-password"
        required
        autoFocus
        error={problems["password"]}
      />
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant="destructive" size="sm" disabled={isPending}>
          {isPending ? "Deleting…" : "Delete it for good"}
        </Button>
        <Button type="button" variant="ghost" size="sm" onClick={() => setIsSure(false)}>
          Keep it
        </Button>
      </div>
    </form>
  );
}
