import type { ComponentProps } from "react";
import { cn } from "@/lib/utils.ts";
import { labelClass } from "./field-classes.ts";

export function Label({ className, htmlFor, children, ...props }: ComponentProps<"label"> & { htmlFor: string }) {
  return (
    <label data-slot="label" htmlFor={htmlFor} className={cn(labelClass, className)} {...props}>
      {children}
    </label>
  );
}
