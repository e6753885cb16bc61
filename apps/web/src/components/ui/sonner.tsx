import { useTheme } from "next-themes";
import { useEffect } from "react";
import { Toaster as Sonner, toast } from "sonner";
import { takeToasts } from "@/lib/toast.ts";

export function Toaster() {
  const { resolvedTheme } = useTheme();
  useEffect(() => takeToasts(({ kind, text }) => void toast[kind](text)), []);
  return <Sonner theme={resolvedTheme === "dark" ? "dark" : "light"} position="bottom-right" closeButton />;
}
