import type { ComponentProps } from "react";

export function Textarea(props: ComponentProps<"textarea">) {
  return (
    <textarea
      data-slot="textarea"
      className="min-h-20 w-full rounded-md border border-input bg-card px-3 py-2 text-base transition-colors placeholder:text-muted-foreground disabled:cursor-not-allowed disabled:opacity-50 aria-invalid:border-destructive md:text-sm"
      {...props}
    />
  );
}
