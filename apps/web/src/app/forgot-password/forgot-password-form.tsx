"use client";

import { useState } from "react";
import { FormField } from "@/components/form-field.tsx";
import { Alert } from "@/components/ui/alert.tsx";
import { Button } from "@/components/ui/button.tsx";
import { useAuthForm } from "@/hooks/use-auth-form.ts";
import { askAuth } from "@/lib/auth-client.ts";

export function ForgotPasswordForm() {
  const [asked, setAsked] = useState<string | null>(null);
  const { problems, isPending, formProps } = useAuthForm(askForLink, (_answer, data) =>
    setAsked(String(data.get("email"))),
  );
  return (
    <form {...formProps} className="flex flex-col gap-5">
      {problems["form"] !== undefined && <Alert variant="destructive">{problems["form"]}</Alert>}
      <div role="status" className="empty:hidden">
        {asked !== null && problems["form"] === undefined && (
          <p className="break-words rounded-lg border bg-card px-4 py-3 text-sm">
            If <strong className="font-medium">{asked}</strong> has an account, a link is on its way. It holds for an
            hour.
          </p>
        )}
      </div>
      <FormField label="Email" name="email" type="email" autoComplete="username" required error={problems["email"]} />
      <Button type="submit" size="lg" disabled={isPending}>
        {isPending ? "Asking…" : asked === null ? "Send the link" : "Send it again"}
      </Button>
    </form>
  );
}

function askForLink(data: FormData) {
  return askAuth("/request-password-reset", { email: data.get("email") });
}
