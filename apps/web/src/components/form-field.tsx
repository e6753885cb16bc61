import { type ComponentProps, useId } from "react";
import { Input } from "@/components/ui/input.tsx";
import { Label } from "@/components/ui/label.tsx";

type FormFieldProps = ComponentProps<"input"> & {
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
      <Label htmlFor={id}>{label}</Label>
      <Input
        id={id}
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
