import type { ReactNode } from "react";
import { alertVariants } from "@/components/ui/alert-variants.ts";
import type { FormProblems } from "@/lib/auth-client.ts";

/** What is wrong with a form and belongs to no field; `children` are the way out. */
export function FormProblem({ problems, children }: { problems: FormProblems; children?: ReactNode }) {
  if (problems["form"] === undefined) return null;
  return (
    <div role="alert" className={alertVariants({ variant: "destructive" })}>
      {problems["form"]} {children}
    </div>
  );
}
