import * as Deliveries from "@eventfork/core/deliveries";
import * as EventLog from "@eventfork/core/history";
import * as Outbox from "@eventfork/core/outbox";
import * as Replays from "@eventfork/core/replays";
import { adminMutation, adminProcedure, router, viewerProcedure, viewerQuery } from "../trpc.ts";

export const eventsRouter = router({
  list: viewerQuery(EventLog.listEventsInput, EventLog.listEvents),
  follow: viewerQuery(EventLog.followEventsInput, EventLog.followEvents),
  story: viewerQuery(EventLog.eventHistoryInput, EventLog.getEventHistory),
  forceSend: adminMutation(Replays.sendAnywayInput, Replays.forceSend),
});

export const deliveriesRouter = router({
  list: viewerQuery(Deliveries.listDeliveriesInput, Deliveries.listDeliveries),
  get: viewerQuery(EventLog.getDeliveryInput, EventLog.getDelivery),
});

export const outboxRouter = router({
  measure: viewerProcedure.query(({ ctx }) => Outbox.inspectOutbox(ctx)),
  discard: adminMutation(Outbox.discardQuarantinedInput, Outbox.discardQuarantined),
  retry: adminProcedure.mutation(({ ctx }) => Outbox.retryQuarantined(ctx)),
});

export const overdueRouter = router({
  resend: adminMutation(Replays.resendOverdueInput, Replays.resendOverdue),
});
