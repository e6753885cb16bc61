"use client";

import { LogOutIcon } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button.tsx";
import { askAuth } from "@/lib/auth-client.ts";
import { cn } from "@/lib/utils.ts";

export function LogOutButton({
  variant = "outline",
  className,
}: {
  variant?: "outline" | "ghost";
  className?: string;
}) {
  const [state, setState] = useState<"idle" | "pending" | "failed">("idle");

  async function logOut(): Promise<void> {
    setState("pending");
    const answer = await askAuth("/sign-out", {});
    if (answer.ok) window.location.assign("/");
    else setState("failed");
  }

  return (
    <Button variant={variant} className={cn(className)} disabled={state === "pending"} onClick={logOut}>
      <LogOutIcon aria-hidden />
      {state === "failed" ? "Log out: try again" : "Log out"}
    </Button>
  );
}
