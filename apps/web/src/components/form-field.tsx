import { type ComponentProps, useId } from "react";
import { inputClass, labelClass } from "@/components/ui/field-classes.ts";

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
