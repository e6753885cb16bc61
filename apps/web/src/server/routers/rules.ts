import * as Rules from "@eventfork/core/rules";
import { adminProcedure, limited, router, viewerProcedure } from "../trpc.ts";

/** A dry run changes nothing, but its draft is too long for an address: it is asked for as a mutation. */
export const rulesRouter = router({
  get: viewerProcedure.input(Rules.getRuleInput).query(({ ctx, input }) => Rules.getRule(ctx, input)),
  troubles: viewerProcedure.query(({ ctx }) => Rules.listRuleTroubles(ctx)),
  save: adminProcedure.input(Rules.saveRuleInput).mutation(({ ctx, input }) => Rules.saveRule(ctx, input)),
  rollback: adminProcedure.input(Rules.rollbackRuleInput).mutation(({ ctx, input }) => Rules.rollbackRule(ctx, input)),
  checkDrift: viewerProcedure.input(Rules.checkDriftInput).mutation(({ ctx, input }) => Rules.checkDrift(ctx, input)),
  reapply: adminProcedure.input(Rules.reapplyRuleInput).mutation(({ ctx, input }) => Rules.reapplyRule(ctx, input)),
  adopt: adminProcedure.input(Rules.adoptLiveInput).mutation(({ ctx, input }) => Rules.adoptLive(ctx, input)),
  dryRun: viewerProcedure
    .use(limited("rules.dryRun", 120))
    .input(Rules.dryRunInput)
    .mutation(({ ctx, input }) => Rules.dryRun(ctx, input)),
  testEvent: viewerProcedure.input(Rules.testEventInput).mutation(({ ctx, input }) => Rules.testEvent(ctx, input)),
  countFiltered: viewerProcedure
    .use(limited("rules.countFiltered", 60))
    .input(Rules.replayFilteredInput)
    .query(({ ctx, input }) => Rules.countFiltered(ctx, input)),
  replayFiltered: adminProcedure
    .input(Rules.replayFilteredInput)
    .mutation(({ ctx, input }) => Rules.replayFiltered(ctx, input)),
});
