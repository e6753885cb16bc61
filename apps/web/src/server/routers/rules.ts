import * as Rules from "@eventfork/core/rules";
import { adminProcedure, router, viewerProcedure } from "../trpc.ts";

export const rulesRouter = router({
  get: viewerProcedure.input(Rules.getRuleInput).query(({ ctx, input }) => Rules.getRule(ctx, input)),
  save: adminProcedure.input(Rules.saveRuleInput).mutation(({ ctx, input }) => Rules.saveRule(ctx, input)),
});
