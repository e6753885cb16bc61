"use client";

import { FormField } from "@/components/form-field.tsx";
import { Alert } from "@/components/ui/alert.tsx";
import { Button } from "@/components/ui/button.tsx";
import { useAuthForm } from "@/hooks/use-auth-form.ts";
import { askAuth } from "@/lib/auth-client.ts";

/** `next` is where the person wanted to go; without it an operator lands on the overview, everybody else on the account. */
export function LogInForm({ next }: { next: string | null }) {
  const { problems, isPending, formProps } = useAuthForm(logIn, (role) =>
    window.location.assign(next ?? (role === "user" ? "/account" : "/admin")),
  );
  return (
    <form {...formProps} className="flex flex-col gap-5">
      {problems["form"] !== undefined && <Alert variant="destructive">{problems["form"]}</Alert>}
      <FormField label="Email" name="email" type="email" autoComplete="username" required error={problems["email"]} />
      <FormField
        label="Password"
        name="password"
        type="password"
        autoComplete="current-password"
        required
        error={problems["password"]}
      />
      <Button type="submit" size="lg" disabled={isPending}>
        {isPending ? "Logging in…" : "Log in"}
      </Button>
    </form>
  );
}

function logIn(data: FormData) {
  return askAuth("/sign-in/email", { email: data.get("email"), password: data.get("password") });
}
