import { type ComponentProps, type ReactNode, useId } from "react";
import { alertVariants, inputClass, labelClass } from "@/components/ui/classes.ts";
import type { FormProblems } from "@/lib/auth-client.ts";

type FormFieldProps = Omit<ComponentProps<"input">, "className"> & {
  label: string;
  name: string;
  hint?: string;
  error?: string | undefined;
};

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

export function FormProblem({ problems, children }: { problems: FormProblems; children?: ReactNode }) {
  if (problems["form"] === undefined) return null;
  return (
    <div role="alert" className={alertVariants({ variant: "destructive" })}>
      {problems["form"]} {children}
    </div>
  );
}
