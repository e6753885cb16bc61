"use client";

import { createContext, type ReactNode, use } from "react";

type Operator = { name: string; role: "viewer" | "admin" };

const OperatorContext = createContext<Operator>({ name: "", role: "viewer" });

export function OperatorProvider({ operator, children }: { operator: Operator; children: ReactNode }) {
  return <OperatorContext value={operator}>{children}</OperatorContext>;
}

/** Whether the person at the screen may change things. What the server allows is decided there. */
export function useCanChange(): boolean {
  return use(OperatorContext).role === "admin";
}
