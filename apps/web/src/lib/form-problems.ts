import type { FormProblems } from "./auth-client.ts";

/** Checks the fields' own constraints (`required`, `type`, `minLength`), so that a slip costs no request. The server stays the judge. */
export function findProblems(form: HTMLFormElement): FormProblems {
  const inputs = [...form.elements].filter((element) => element instanceof HTMLInputElement);
  const wrong = inputs.filter(({ validity }) => !validity.valid);
  return Object.fromEntries(wrong.map((input) => [input.name, sayProblem(input)]));
}

function sayProblem({ validity, type, minLength, validationMessage }: HTMLInputElement): string {
  if (validity.valueMissing) return "This is needed.";
  if (validity.typeMismatch && type === "email")
    return "This is not an e-mail address. It should look like ada@example.com.";
  if (validity.tooShort) return `Use at least ${minLength} characters.`;
  return validationMessage;
}

/** Moves the focus to the first field with a problem, where a screen reader reads it out. */
export function focusFirstProblem(form: HTMLFormElement, problems: FormProblems): void {
  const inputs = [...form.elements].filter((element) => element instanceof HTMLInputElement);
  inputs.find(({ name }) => name in problems)?.focus();
}
