import * as Replays from "@eventfork/core/replays";
import * as Rules from "@eventfork/core/rules";
import {
  adminMutation,
  adminProcedure,
  limited,
  router,
  viewerMutation,
  viewerProcedure,
  viewerQuery,
} from "../trpc.ts";

/** Dry runs are mutations: drafts are too long for a URL. */
export const rulesRouter = router({
  get: viewerQuery(Rules.getRuleInput, Rules.getRule),
  issues: viewerProcedure.query(({ ctx }) => Rules.listRuleTroubles(ctx)),
  save: adminMutation(Rules.saveRuleInput, Rules.saveRule),
  rollback: adminMutation(Rules.rollbackRuleInput, Rules.rollbackRule),
  checkDrift: viewerMutation(Rules.checkDriftInput, Rules.checkDrift),
  reapply: adminMutation(Rules.reapplyRuleInput, Rules.reapplyRule),
  restoreSubscription: adminMutation(Rules.restoreSubscriptionInput, Rules.restoreSubscription),
  adopt: adminMutation(Rules.adoptLiveInput, Rules.adoptLive),
  dryRun: viewerProcedure
    .use(limited("rules.dryRun", 120))
    .input(Rules.dryRunInput)
    .mutation(({ ctx, input }) => Rules.dryRun(ctx, input)),
  testEvent: viewerMutation(Rules.testEventInput, Rules.testEvent),
  countFiltered: viewerProcedure
    .use(limited("rules.countFiltered", 60))
    .input(Replays.replayFilteredInput)
    .query(({ ctx, input }) => Replays.countFiltered(ctx, input)),
  replayFiltered: adminProcedure
    .input(Replays.replayFilteredInput)
    .mutation(({ ctx, input }) => Replays.replayFiltered(ctx, input)),
});
