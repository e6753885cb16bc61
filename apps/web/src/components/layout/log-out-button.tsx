"use client";

import { LogOutIcon } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button.tsx";
import { postAuth } from "@/lib/auth-client.ts";

export function LogOutButton({
  variant = "outline",
  className,
}: {
  variant?: "outline" | "ghost";
  className?: string;
}) {
  const [state, setState] = useState<"idle" | "pending" | "failed">("idle");

  async function leave(): Promise<void> {
    setState("pending");
    if (!(await logOut())) setState("failed");
  }

  return (
    <Button variant={variant} className={className} disabled={state === "pending"} onClick={leave}>
      <LogOutIcon aria-hidden />
      {state === "failed" ? "Log out: try again" : "Log out"}
    </Button>
  );
}

export async function logOut(): Promise<boolean> {
  const { ok } = await postAuth("/sign-out", {});
  if (ok) window.location.assign("/");
  return ok;
}
