import * as Deliveries from "@eventfork/core/deliveries";
import { router, viewerProcedure } from "../trpc.ts";

export const deliveriesRouter = router({
  list: viewerProcedure
    .input(Deliveries.listDeliveriesInput)
    .query(({ ctx, input }) => Deliveries.listDeliveries(ctx, input)),
  get: viewerProcedure.input(Deliveries.getDeliveryInput).query(({ ctx, input }) => Deliveries.getDelivery(ctx, input)),
});
