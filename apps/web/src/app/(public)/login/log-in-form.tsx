"use client";

import { FormField, FormProblem } from "@/components/forms/form-field.tsx";
import { useAuthForm } from "@/components/forms/use-auth-form.ts";
import { buttonVariants } from "@/components/ui/classes.ts";
import { postAuth } from "@/lib/auth-client.ts";
import { logInForm } from "@/lib/auth-forms.ts";
import type { Returned } from "@/server/http/forms.ts";

type LogInFormProps = { next: string | null; canReset: boolean; returned: Returned | null };

export function LogInForm({ next, canReset, returned }: LogInFormProps) {
  const { problems, isPending, formProps } = useAuthForm(
    (data) => postAuth(logInForm.path, logInForm.toBody(data)),
    (answer, data) => window.location.assign(logInForm.destination(answer, data)),
    returned?.problems,
  );
  return (
    <form {...formProps} method="post" action="/api/forms/log-in" className="flex flex-col gap-5">
      <FormProblem problems={problems} />
      {next !== null && <input type="hidden" name="next" value={next} />}
      <FormField
        label="Email"
        name="email"
        type="email"
        autoComplete="username"
        required
        defaultValue={returned?.values["email"]}
        error={problems["email"]}
      />
      <FormField
        label="Password"
        name="password"
        type="password"
        autoComplete="current-password"
        required
        error={problems["password"]}
      />
      {canReset && (
        <a
          href="/forgot-password"
          className="-mt-2 self-start rounded-sm text-muted-foreground text-sm underline underline-offset-4 hover:text-foreground"
        >
          Forgot your password?
        </a>
      )}
      <button type="submit" className={buttonVariants({ size: "lg" })} disabled={isPending}>
        {isPending ? "Logging in…" : "Log in"}
      </button>
    </form>
  );
}
