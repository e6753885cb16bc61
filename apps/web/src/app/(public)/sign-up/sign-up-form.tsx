"use client";

import { useId, useState } from "react";
import { FormField } from "@/components/form-field.tsx";
import { FormProblem } from "@/components/form-problem.tsx";
import { NewPasswordField } from "@/components/new-password-field.tsx";
import { buttonVariants } from "@/components/ui/button-variants.ts";
import { useAuthForm } from "@/hooks/use-auth-form.ts";
import { askAuth } from "@/lib/auth-client.ts";
import { signUpForm } from "@/lib/auth-forms.ts";
import type { Returned } from "@/server/forms.ts";
import { LookInMail } from "./look-in-mail.tsx";

type Limits = { name: number; email: number; password: { min: number; max: number } };

export function SignUpForm({ limits, returned }: { limits: Limits; returned: Returned | null }) {
  const consentId = useId();
  const [unconfirmed, setUnconfirmed] = useState(returned?.isDone ? returned.values["email"] : undefined);
  const { problems, isPending, formProps } = useAuthForm(
    (data) => askAuth(signUpForm.path, signUpForm.toBody(data)),
    (answer, data) => {
      const destination = signUpForm.destination(answer);
      if (destination === null) setUnconfirmed(String(data.get("email")));
      else window.location.assign(destination);
    },
    returned?.problems,
  );
  if (unconfirmed !== undefined) return <LookInMail email={unconfirmed} />;
  return (
    <form {...formProps} method="post" action="/api/forms/sign-up" className="flex flex-col gap-5">
      <FormProblem problems={problems} />
      <FormField
        label="Name"
        name="name"
        autoComplete="name"
        required
        maxLength={limits.name}
        defaultValue={returned?.values["name"]}
        error={problems["name"]}
      />
      <FormField
        label="Email"
        name="email"
        type="email"
        autoComplete="email"
        required
        maxLength={limits.email}
        defaultValue={returned?.values["email"]}
        error={problems["email"]}
      />
      <NewPasswordField label="Password" name="password" length={limits.password} error={problems["password"]} />
      <div className="flex items-start gap-2.5">
        <input
          id={consentId}
          name="marketingConsent"
          type="checkbox"
          defaultChecked={returned?.values["marketingConsent"] === "on"}
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
