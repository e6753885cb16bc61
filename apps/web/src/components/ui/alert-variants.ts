import { cva } from "class-variance-authority";

export const alertVariants = cva("rounded-lg border px-4 py-3 text-sm", {
  variants: {
    variant: {
      default: "bg-card",
      warning: "border-warning/30 bg-warning/8 text-foreground",
      destructive: "border-destructive/30 bg-destructive/6 text-destructive",
    },
  },
  defaultVariants: { variant: "default" },
});
