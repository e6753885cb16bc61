"use client";

import Link from "next/link";
import { useState } from "react";
import { FormField } from "@/components/form-field.tsx";
import { Alert } from "@/components/ui/alert.tsx";
import { Button } from "@/components/ui/button.tsx";
import { useAuthForm } from "@/hooks/use-auth-form.ts";
import { askAuth } from "@/lib/auth-client.ts";

type ResetPasswordFormProps = { token: string; length: { min: number; max: number } };

export function ResetPasswordForm({ token, length }: ResetPasswordFormProps) {
  const [isDone, setIsDone] = useState(false);
  const { problems, isPending, formProps } = useAuthForm(
    (data) => askAuth("/reset-password", { token, newPassword: data.get("newPassword") }),
    () => setIsDone(true),
  );
  if (isDone) {
    return (
      <div role="status" className="flex flex-col gap-5">
        <p className="rounded-lg border bg-card px-4 py-3 text-sm">Your new password is set.</p>
        <Button asChild size="lg">
          <Link href="/login">Log in with it</Link>
        </Button>
      </div>
    );
  }
  return (
    <form {...formProps} className="flex flex-col gap-5">
      {problems["form"] !== undefined && (
        <Alert variant="destructive">
          {problems["form"]}{" "}
          <Link href="/forgot-password" className="underline underline-offset-4">
            Ask for a new link
          </Link>
        </Alert>
      )}
      <FormField
        label="New password"
        name="newPassword"
        type="password"
        autoComplete="new-password"
        required
        minLength={length.min}
        maxLength={length.max}
        hint={`At least ${length.min} characters.`}
        error={problems["newPassword"]}
      />
      <Button type="submit" size="lg" disabled={isPending}>
        {isPending ? "Setting it…" : "Set the new password"}
      </Button>
    </form>
  );
}
