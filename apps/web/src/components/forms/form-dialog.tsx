import { type ComponentProps, type ReactNode, type SubmitEvent, useId, useState } from "react";
import { Button } from "@/components/ui/button.tsx";
import {
  Dialog,
  DialogClose,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
  DialogTrigger,
} from "@/components/ui/dialog.tsx";
import { FormField } from "./form-field.tsx";

type FormDialogProps = {
  trigger?: ReactNode;
  onOpen?: () => void;
  onClosed?: (() => void) | undefined;
  title: string;
  description: ReactNode;
  children?: ReactNode;
  error?: string | undefined;
  submit: string | null;
  isDestructive?: boolean | undefined;
  isPending: boolean;
  /** Call `close` on success. */
  onSubmit: (form: FormData, close: () => void) => void;
};

export function FormDialog({ trigger, onOpen, onClosed, title, description, children, ...rest }: FormDialogProps) {
  const { error, submit, isDestructive = false, isPending, onSubmit } = rest;
  const formId = useId();
  const [isOpen, setIsOpen] = useState(trigger === undefined);

  function change(next: boolean): void {
    if (next) onOpen?.();
    setIsOpen(next);
  }

  function read(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    onSubmit(new FormData(event.currentTarget), () => setIsOpen(false));
  }

  return (
    <Dialog open={isOpen} onOpenChange={change}>
      {trigger !== undefined && <DialogTrigger asChild>{trigger}</DialogTrigger>}
      <DialogContent onCloseAutoFocus={onClosed}>
        <DialogHeader>
          <DialogTitle>{title}</DialogTitle>
          <DialogDescription>{description}</DialogDescription>
        </DialogHeader>
        <form id={formId} onSubmit={read} className="flex flex-col gap-4">
          {children}
          {error !== undefined && (
            <p role="alert" className="break-words text-destructive text-sm">
              {error}
            </p>
          )}
        </form>
        <DialogFooter>
          <DialogClose asChild>
            <Button variant="outline">{submit === null ? "Close" : "Cancel"}</Button>
          </DialogClose>
          {submit !== null && (
            <Button
              type="submit"
              form={formId}
              variant={isDestructive ? "destructive" : "default"}
              disabled={isPending}
            >
              {submit}
            </Button>
          )}
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}

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
