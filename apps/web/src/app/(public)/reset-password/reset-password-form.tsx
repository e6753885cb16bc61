"use client";

import { useState } from "react";
import { FormProblem, NewPasswordField } from "@/components/forms/form-field.tsx";
import { useAuthForm } from "@/components/forms/use-auth-form.ts";
import { buttonVariants } from "@/components/ui/classes.ts";
import { postAuth } from "@/lib/auth-client.ts";

type ResetPasswordFormProps = { token: string; length: { min: number; max: number } };

export function ResetPasswordForm({ token, length }: ResetPasswordFormProps) {
  const [isDone, setIsDone] = useState(false);
  const { problems, isPending, formProps } = useAuthForm(
    (data) => postAuth("/reset-password", { token, newPassword: data.get("newPassword") }),
    () => setIsDone(true),
  );
  if (isDone) {
    return (
      <div role="status" className="flex flex-col gap-5">
        <p className="rounded-lg border bg-card px-4 py-3 text-sm">Your new password is set.</p>
        <a href="/login" className={buttonVariants({ size: "lg" })}>
          Log in with it
        </a>
      </div>
    );
  }
  return (
    <form {...formProps} className="flex flex-col gap-5">
      <FormProblem problems={problems}>
        <a href="/forgot-password" className="underline underline-offset-4">
          Ask for a new link
        </a>
      </FormProblem>
      <NewPasswordField label="New password" name="newPassword" length={length} error={problems["newPassword"]} />
      <button type="submit" className={buttonVariants({ size: "lg" })} disabled={isPending}>
        {isPending ? "Setting it…" : "Set the new password"}
      </button>
    </form>
  );
}
