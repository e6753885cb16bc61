import { FormField } from "@/components/form-field.tsx";

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
