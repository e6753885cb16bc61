import type { ComponentProps } from "react";
import { cn } from "@/lib/utils.ts";
import { labelClass } from "./field-classes.ts";

export function Label({ className, htmlFor, ...props }: ComponentProps<"label"> & { htmlFor: string }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: whoever uses it says with htmlFor which control it names.
    <label data-slot="label" htmlFor={htmlFor} className={cn(labelClass, className)} {...props} />
  );
}
