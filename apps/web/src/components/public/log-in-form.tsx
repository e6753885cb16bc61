import { FormField } from "@/components/form-field.tsx";
import { FormProblem } from "@/components/form-problem.tsx";
import { buttonVariants } from "@/components/ui/button-variants.ts";
import { useAuthForm } from "@/hooks/use-auth-form.ts";
import { askAuth } from "@/lib/auth-client.ts";

/** `next` is where the person wanted to go; without it an operator lands on the overview, everybody else on the account. */
export function LogInForm({ next, canReset }: { next: string | null; canReset: boolean }) {
  const { problems, isPending, formProps } = useAuthForm(logIn, ({ role }) =>
    window.location.assign(next ?? (role === "user" ? "/account" : "/admin")),
  );
  return (
    <form {...formProps} className="flex flex-col gap-5">
      <FormProblem problems={problems} />
      <FormField label="Email" name="email" type="email" autoComplete="username" required error={problems["email"]} />
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
          Forgotten your password?
        </a>
      )}
      <button type="submit" className={buttonVariants({ size: "lg" })} disabled={isPending}>
        {isPending ? "Logging in…" : "Log in"}
      </button>
    </form>
  );
}

function logIn(data: FormData) {
  return askAuth("/sign-in/email", { email: data.get("email"), password: data.get("password") });
}
