export const inputClass =
  "h-10 w-full min-w-0 rounded-md border border-input bg-card px-3 text-base transition-colors placeholder:text-muted-foreground disabled:cursor-not-allowed disabled:opacity-50 aria-invalid:border-destructive md:text-sm";

export const labelClass = "flex select-none items-center gap-2 text-sm font-medium leading-none";
