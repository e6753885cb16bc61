import * as Outbox from "@eventfork/core/outbox";
import { adminProcedure, router, viewerProcedure } from "../trpc.ts";

export const outboxRouter = router({
  measure: viewerProcedure.query(({ ctx }) => Outbox.inspectOutbox(ctx)),
  discard: adminProcedure
    .input(Outbox.discardSetAsideInput)
    .mutation(({ ctx, input }) => Outbox.discardSetAside(ctx, input)),
  retry: adminProcedure.mutation(({ ctx }) => Outbox.retrySetAside(ctx)),
});
