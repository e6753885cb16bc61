import * as Reconcile from "@eventfork/core/reconcile";
import { adminProcedure, router } from "../trpc.ts";

export const overdueRouter = router({
  resend: adminProcedure
    .input(Reconcile.resendOverdueInput)
    .mutation(({ ctx, input }) => Reconcile.resendOverdue(ctx, input)),
});
