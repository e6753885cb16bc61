"use client";

import { useState } from "react";
import { FormField } from "@/components/form-field.tsx";
import { Alert } from "@/components/ui/alert.tsx";
import { Button } from "@/components/ui/button.tsx";
import { useAuthForm } from "@/hooks/use-auth-form.ts";
import { askAccount } from "@/lib/account-client.ts";

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
      {problems["form"] !== undefined && <Alert variant="destructive">{problems["form"]}</Alert>}
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
