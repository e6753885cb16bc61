"use client";

import { MailCheckIcon } from "lucide-react";
import { useEffect, useId, useRef, useState } from "react";
import { FormField, FormProblem, NewPasswordField } from "@/components/forms/form-field.tsx";
import { useAuthForm } from "@/components/forms/use-auth-form.ts";
import { buttonVariants } from "@/components/ui/classes.ts";
import { postAuth } from "@/lib/auth-client.ts";
import { signUpForm } from "@/lib/auth-forms.ts";
import { useIsHydrated } from "@/lib/hooks.ts";
import type { Returned } from "@/server/http/forms.ts";

type Limits = { name: number; email: number; password: { min: number; max: number } };

export function SignUpForm({ limits, returned }: { limits: Limits; returned: Returned | null }) {
  const consentId = useId();
  const [unconfirmed, setUnconfirmed] = useState(returned?.isDone ? returned.values["email"] : undefined);
  const { problems, isPending, formProps } = useAuthForm(
    (data) => postAuth(signUpForm.path, signUpForm.toBody(data)),
    (answer, data) => {
      const destination = signUpForm.destination(answer);
      if (destination === null) setUnconfirmed(String(data.get("email")));
      else window.location.assign(destination);
    },
    returned?.problems,
  );
  if (unconfirmed !== undefined) return <CheckYourEmail email={unconfirmed} />;
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

/** Looks the same for a new and for a taken address. */
function CheckYourEmail({ email }: { email: string }) {
  const isHydrated = useIsHydrated();
  const heading = useRef<HTMLHeadingElement>(null);
  const [message, setMessage] = useState("");

  useEffect(() => heading.current?.focus(), []);

  async function sendAgain(): Promise<void> {
    setMessage("Sending…");
    const answer = await postAuth("/send-verification-email", { email });
    setMessage(answer.ok ? "Sent once more." : (answer.problems["form"] ?? "It could not be sent. Try again."));
  }

  return (
    <div className="flex flex-col items-start gap-4 rounded-xl border bg-card p-5">
      <MailCheckIcon aria-hidden className="size-6 text-success" strokeWidth={1.5} />
      <h2 ref={heading} tabIndex={-1} className="font-semibold outline-none">
        Check your email
      </h2>
      <p className="break-words text-muted-foreground text-sm">
        We have written to <strong className="font-medium text-foreground">{email}</strong>. Follow the link in the mail
        within an hour, and you are in.
      </p>
      {isHydrated && (
        <button type="button" className={buttonVariants({ variant: "outline", size: "sm" })} onClick={sendAgain}>
          Send it again
        </button>
      )}
      <p role="status" className="text-muted-foreground text-sm empty:hidden">
        {message}
      </p>
    </div>
  );
}
