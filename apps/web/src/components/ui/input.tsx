import type { ComponentProps } from "react";
import { cn } from "@/lib/utils.ts";
import { inputClass } from "./field-classes.ts";

export function Input({ className, type, ...props }: ComponentProps<"input">) {
  return <input type={type} data-slot="input" className={cn(inputClass, className)} {...props} />;
}
