import { useId, useState } from "react";
import { FormField } from "@/components/form-field.tsx";
import { FormProblem } from "@/components/form-problem.tsx";
import { NewPasswordField } from "@/components/new-password-field.tsx";
import { LookInMail } from "@/components/public/look-in-mail.tsx";
import { buttonVariants } from "@/components/ui/button-variants.ts";
import { useAuthForm } from "@/hooks/use-auth-form.ts";
import { askAuth } from "@/lib/auth-client.ts";

type Limits = { name: number; email: number; password: { min: number; max: number } };

export function SignUpForm({ limits }: { limits: Limits }) {
  const consentId = useId();
  const [unconfirmed, setUnconfirmed] = useState<string | null>(null);
  const { problems, isPending, formProps } = useAuthForm(signUp, ({ isSignedIn }, data) => {
    if (isSignedIn) window.location.assign("/account");
    else setUnconfirmed(String(data.get("email")));
  });
  if (unconfirmed !== null) return <LookInMail email={unconfirmed} />;
  return (
    <form {...formProps} className="flex flex-col gap-5">
      <FormProblem problems={problems} />
      <FormField
        label="Name"
        name="name"
        autoComplete="name"
        required
        maxLength={limits.name}
        error={problems["name"]}
      />
      <FormField
        label="Email"
        name="email"
        type="email"
        autoComplete="email"
        required
        maxLength={limits.email}
        error={problems["email"]}
      />
      <NewPasswordField label="Password" name="password" length={limits.password} error={problems["password"]} />
      <div className="flex items-start gap-2.5">
        <input
          id={consentId}
          name="marketingConsent"
          type="checkbox"
          className="mt-px size-4 shrink-0 accent-primary"
        />
        <label htmlFor={consentId} className="select-none text-sm leading-snug">
          Send me product news. I can unsubscribe at any time.
        </label>
      </div>
      <button type="submit" className={buttonVariants({ size: "lg" })} disabled={isPending}>
        {isPending ? "Creating your account…" : "Create account"}
      </button>
    </form>
  );
}

function signUp(data: FormData) {
  return askAuth("/sign-up/email", {
    name: data.get("name"),
    email: data.get("email"),
    password: data.get("password"),
    marketingConsent: data.get("marketingConsent") !== null,
  });
}
