import type { ComponentProps } from "react";
import { FormDialog } from "@/components/admin/form-dialog.tsx";
import { FormField } from "@/components/form-field.tsx";

type ReasonDialogProps = Omit<ComponentProps<typeof FormDialog>, "children" | "onSubmit"> & {
  placeholder: string;
  onReason: (reason: string, close: () => void) => void;
};

export function ReasonDialog({ placeholder, error, onReason, ...props }: ReasonDialogProps) {
  return (
    <FormDialog {...props} onSubmit={(form, close) => onReason(String(form.get("reason")).trim(), close)}>
      <FormField
        label="Reason"
        name="reason"
        required
        maxLength={500}
        autoComplete="off"
        placeholder={placeholder}
        error={error}
      />
    </FormDialog>
  );
}
