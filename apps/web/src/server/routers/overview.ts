import { shareAnswer } from "@eventfork/core/kernel";
import * as Overview from "@eventfork/core/overview";
import { router, viewerProcedure } from "../trpc.ts";

export const overviewRouter = router({
  read: viewerProcedure
    .input(Overview.overviewInput)
    .query(({ ctx, input }) => shareAnswer(ctx, ["overview", input], () => Overview.readOverview(ctx, input))),
});
