import { inspectSystem } from "@eventfork/core/system";
import { limited, router, viewerProcedure } from "../trpc.ts";

export const systemRouter = router({
  inspect: viewerProcedure.use(limited("system.inspect", 60)).query(({ ctx }) => inspectSystem(ctx)),
});
