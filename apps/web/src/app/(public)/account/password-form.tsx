"use client";

import { useRouter } from "next/navigation";
import { FormField } from "@/components/form-field.tsx";
import { NewPasswordField } from "@/components/new-password-field.tsx";
import { Said, useSaid } from "@/components/said.tsx";
import { Alert } from "@/components/ui/alert.tsx";
import { Button } from "@/components/ui/button.tsx";
import { useAuthForm } from "@/hooks/use-auth-form.ts";
import { askAuth } from "@/lib/auth-client.ts";

type PasswordFormProps = { email: string; length: { min: number; max: number } };

export function PasswordForm({ email, length }: PasswordFormProps) {
  const router = useRouter();
  const [said, say] = useSaid();
  const { problems, isPending, formProps } = useAuthForm(changePassword, () => {
    formProps.ref.current?.reset();
    say("Your password is changed, and every other session is ended.");
    router.refresh();
  });
  return (
    <form {...formProps} className="flex flex-col gap-5">
      {problems["form"] !== undefined && <Alert variant="destructive">{problems["form"]}</Alert>}
      {/* A password manager saves the new password under this. */}
      <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
      <FormField
        label="Your password now"
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
        <Said>{said}</Said>
      </div>
    </form>
  );
}

function changePassword(data: FormData) {
  return askAuth("/change-password", {
    currentPassword: data.get("currentPassword"),
    newPassword: data.get("newPassword"),
  });
}
