import { type SubmitEvent, startTransition, useActionState, useEffect, useRef, useState } from "react";
import type { AuthFormAnswer, DoneAnswer, FormProblems } from "@/lib/auth-client.ts";
import { useIsHydrated } from "@/lib/hooks.ts";

const none: FormProblems = {};

/** Shows the server's problems at their fields. `action` takes a submit from before hydration. */
export function useAuthForm(
  ask: (data: FormData) => Promise<AuthFormAnswer>,
  onDone: (answer: DoneAnswer, data: FormData) => void,
  returned: FormProblems = none,
) {
  const isHydrated = useIsHydrated();
  const form = useRef<HTMLFormElement>(null);
  const [typing, setTyping] = useState<FormProblems>(none);
  const [problems, submit, isPending] = useActionState(async (_before: FormProblems, data: FormData) => {
    const answer = await ask(data);
    if (!answer.ok) return answer.problems;
    onDone(answer, data);
    return none;
  }, returned);

  useEffect(() => {
    if (form.current !== null) focusFirstProblem(form.current, problems);
  }, [problems]);

  function onSubmit(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    const found = findProblems(event.currentTarget);
    setTyping(found);
    if (Object.keys(found).length > 0) {
      focusFirstProblem(event.currentTarget, found);
    } else {
      const data = new FormData(event.currentTarget);
      startTransition(() => submit(data));
    }
  }

  const shown = Object.keys(typing).length > 0 ? typing : problems;
  return { problems: shown, isPending, formProps: { ref: form, action: submit, onSubmit, noValidate: isHydrated } };
}

function findProblems(form: HTMLFormElement): FormProblems {
  const inputs = [...form.elements].filter((element) => element instanceof HTMLInputElement);
  const wrong = inputs.filter(({ validity }) => !validity.valid);
  return Object.fromEntries(wrong.map((input) => [input.name, describeProblem(input)]));
}

const missing: Readonly<Record<string, string>> = {
  name: "Enter your name.",
  email: "Enter your e-mail address.",
  username: "Enter your e-mail address.",
  "current-password": "Enter your password.",
  "new-password": "Choose a password.",
};

function describeProblem({ validity, type, minLength, autocomplete, validationMessage }: HTMLInputElement): string {
  if (validity.valueMissing) return missing[autocomplete] ?? "Fill in this field.";
  if (validity.typeMismatch && type === "email")
    return "This is not an e-mail address. It should look like ada@example.com.";
  if (validity.tooShort) return `Use at least ${minLength} characters.`;
  return validationMessage;
}

function focusFirstProblem(form: HTMLFormElement, problems: FormProblems): void {
  const inputs = [...form.elements].filter((element) => element instanceof HTMLInputElement);
  inputs.find(({ name }) => name in problems)?.focus();
}
