import * as Outbox from "@eventfork/core/outbox";
import { adminProcedure, router, viewerProcedure } from "../trpc.ts";

export const outboxRouter = router({
  measure: viewerProcedure.query(({ ctx }) => Outbox.inspectOutbox(ctx)),
  retry: adminProcedure.mutation(({ ctx }) => Outbox.retrySetAside(ctx)),
});
