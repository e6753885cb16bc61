import { type ReactNode, type SubmitEvent, useId, useState } from "react";
import { FormField } from "@/components/form-field.tsx";
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

type ReasonDialogProps = {
  /** What opens it. Without one it is open from the start, and `onClosed` is told when it is not any more. */
  trigger?: ReactNode;
  onClosed?: () => void;
  title: string;
  description: ReactNode;
  /** An example of a reason. */
  placeholder: string;
  submit: string;
  isDestructive?: boolean;
  isPending: boolean;
  error: string | undefined;
  /** `close` is for when it is done: until then, and after a failure, the dialog keeps what was typed. */
  onReason: (reason: string, close: () => void) => void;
};

/** Says what will happen, and asks why, for whoever comes next. */
export function ReasonDialog(props: ReasonDialogProps) {
  const formId = useId();
  const [isOpen, setIsOpen] = useState(props.trigger === undefined);

  function submit(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    const reason = String(new FormData(event.currentTarget).get("reason")).trim();
    props.onReason(reason, () => setIsOpen(false));
  }

  return (
    <Dialog open={isOpen} onOpenChange={setIsOpen}>
      {props.trigger !== undefined && <DialogTrigger asChild>{props.trigger}</DialogTrigger>}
      <DialogContent onCloseAutoFocus={props.onClosed}>
        <DialogHeader>
          <DialogTitle>{props.title}</DialogTitle>
          <DialogDescription>{props.description}</DialogDescription>
        </DialogHeader>
        <form id={formId} onSubmit={submit}>
          <FormField
            label="Reason"
            name="reason"
            required
            maxLength={500}
            autoComplete="off"
            placeholder={props.placeholder}
            error={props.error}
          />
        </form>
        <DialogFooter>
          <DialogClose asChild>
            <Button variant="outline">Cancel</Button>
          </DialogClose>
          <Button
            type="submit"
            form={formId}
            variant={props.isDestructive ? "destructive" : "default"}
            disabled={props.isPending}
          >
            {props.submit}
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
