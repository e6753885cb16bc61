import * as Audit from "@eventfork/core/audit";
import { limited, router, viewerProcedure } from "../trpc.ts";

/** There is nothing here to change: the log is only ever added to. */
export const auditRouter = router({
  list: viewerProcedure
    .use(limited("audit.list", 120))
    .input(Audit.listAuditInput)
    .query(({ ctx, input }) => Audit.listAudit(ctx, input)),
  actions: viewerProcedure.query(({ ctx }) => Audit.listAuditActions(ctx)),
});
