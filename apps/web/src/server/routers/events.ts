import * as Rules from "@eventfork/core/rules";
import { adminProcedure, router, viewerProcedure } from "../trpc.ts";

export const eventsRouter = router({
  list: viewerProcedure.input(Rules.listEventsInput).query(({ ctx, input }) => Rules.listEvents(ctx, input)),
  explain: viewerProcedure.input(Rules.explainEventInput).query(({ ctx, input }) => Rules.explainEvent(ctx, input)),
  sendAnyway: adminProcedure.input(Rules.sendAnywayInput).mutation(({ ctx, input }) => Rules.sendAnyway(ctx, input)),
});
