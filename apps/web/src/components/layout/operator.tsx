"use client";

import { createContext, type ReactNode, use } from "react";

type Operator = { name: string; role: "viewer" | "admin" };

const OperatorContext = createContext<Operator>({ name: "", role: "viewer" });

export function OperatorProvider({ operator, children }: { operator: Operator; children: ReactNode }) {
  return <OperatorContext value={operator}>{children}</OperatorContext>;
}

/** Only hides controls: the server checks the role. */
export function useCanChange(): boolean {
  return use(OperatorContext).role === "admin";
}
