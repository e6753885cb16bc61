import { type ComponentProps, type ReactNode, useId } from "react";
import { alertVariants } from "@/components/ui/alert-variants.ts";
import { inputClass, labelClass } from "@/components/ui/field-classes.ts";
import type { FormProblems } from "@/lib/auth-client.ts";

type FormFieldProps = Omit<ComponentProps<"input">, "className"> & {
  label: string;
  name: string;
  hint?: string;
  error?: string | undefined;
};

/** A field with its label and what is to be said of it. */
export function FormField({ label, hint, error, ...props }: FormFieldProps) {
  const id = useId();
  const message = error ?? hint;
  return (
    <div className="flex flex-col gap-2">
      <label htmlFor={id} className={labelClass}>
        {label}
      </label>
      <input
        id={id}
        className={inputClass}
        aria-invalid={error !== undefined}
        aria-describedby={message === undefined ? undefined : `${id}-message`}
        {...props}
      />
      {message !== undefined && (
        <p
          id={`${id}-message`}
          className={error === undefined ? "text-xs text-muted-foreground" : "text-sm text-destructive"}
        >
          {message}
        </p>
      )}
    </div>
  );
}

type NewPasswordFieldProps = {
  label: string;
  name: string;
  length: { min: number; max: number };
  error: string | undefined;
};

/** A password that is chosen: what it takes is said before it is typed. */
export function NewPasswordField({ length, ...props }: NewPasswordFieldProps) {
  return (
    <FormField
      {...props}
      type="password"
      autoComplete="new-password"
      required
      minLength={length.min}
      maxLength={length.max}
      hint={`At least ${length.min} characters.`}
    />
  );
}

/** What is wrong with a form and belongs to no field; `children` are the way out. */
export function FormProblem({ problems, children }: { problems: FormProblems; children?: ReactNode }) {
  if (problems["form"] === undefined) return null;
  return (
    <div role="alert" className={alertVariants({ variant: "destructive" })}>
      {problems["form"]} {children}
    </div>
  );
}
