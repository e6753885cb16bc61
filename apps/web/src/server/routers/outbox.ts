import * as Outbox from "@eventfork/core/outbox";
import { router, viewerProcedure } from "../trpc.ts";

export const outboxRouter = router({
  measure: viewerProcedure.query(({ ctx }) => Outbox.measureOutbox(ctx)),
});
