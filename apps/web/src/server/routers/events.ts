import * as EventLog from "@eventfork/core/event-log";
import * as Rules from "@eventfork/core/rules";
import { adminProcedure, router, viewerProcedure } from "../trpc.ts";

export const eventsRouter = router({
  list: viewerProcedure.input(EventLog.listEventsInput).query(({ ctx, input }) => EventLog.listEvents(ctx, input)),
  follow: viewerProcedure
    .input(EventLog.followEventsInput)
    .query(({ ctx, input }) => EventLog.followEvents(ctx, input)),
  story: viewerProcedure.input(EventLog.tellEventInput).query(({ ctx, input }) => EventLog.tellEvent(ctx, input)),
  sendAnyway: adminProcedure.input(Rules.sendAnywayInput).mutation(({ ctx, input }) => Rules.sendAnyway(ctx, input)),
});
