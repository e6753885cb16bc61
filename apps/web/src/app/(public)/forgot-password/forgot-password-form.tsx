"use client";

import { useState } from "react";
import { FormField, FormProblem } from "@/components/forms/form-field.tsx";
import { useAuthForm } from "@/components/forms/use-auth-form.ts";
import { buttonVariants } from "@/components/ui/classes.ts";
import { postAuth } from "@/lib/auth-client.ts";

export function ForgotPasswordForm() {
  const [asked, setAsked] = useState<string | null>(null);
  const { problems, isPending, formProps } = useAuthForm(askForLink, (_answer, data) =>
    setAsked(String(data.get("email"))),
  );
  return (
    <form {...formProps} className="flex flex-col gap-5">
      <FormProblem problems={problems} />
      <div role="status" className="empty:hidden">
        {asked !== null && problems["form"] === undefined && (
          <p className="break-words rounded-lg border bg-card px-4 py-3 text-sm">
            If <strong className="font-medium">{asked}</strong> has an account, a link is on its way. It holds for an
            hour.
          </p>
        )}
      </div>
      <FormField label="Email" name="email" type="email" autoComplete="username" required error={problems["email"]} />
      <button type="submit" className={buttonVariants({ size: "lg" })} disabled={isPending}>
        {isPending ? "Asking…" : asked === null ? "Send the link" : "Send it again"}
      </button>
    </form>
  );
}

function askForLink(data: FormData) {
  return postAuth("/request-password-reset", { email: data.get("email") });
}
