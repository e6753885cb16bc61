import { cached } from "@eventfork/core/kernel";
import * as Outbox from "@eventfork/core/outbox";
import * as Overview from "@eventfork/core/overview";
import { inspectSystem } from "@eventfork/core/system";
import { adminMutation, adminProcedure, limited, router, viewerProcedure } from "../trpc.ts";

export const overviewRouter = router({
  read: viewerProcedure
    .input(Overview.overviewInput)
    .query(({ ctx, input }) => cached(ctx, ["overview", input], () => Overview.readOverview(ctx, input))),
});

export const outboxRouter = router({
  measure: viewerProcedure.query(({ ctx }) => Outbox.inspectOutbox(ctx)),
  discard: adminMutation(Outbox.discardSetAsideInput, Outbox.discardSetAside),
  retry: adminProcedure.mutation(({ ctx }) => Outbox.retrySetAside(ctx)),
});

export const systemRouter = router({
  inspect: viewerProcedure.use(limited("system.inspect", 60)).query(({ ctx }) => inspectSystem(ctx)),
});
