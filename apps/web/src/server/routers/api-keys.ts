import * as ApiKeys from "@eventfork/core/api-keys";
import { adminProcedure, router, viewerProcedure } from "../trpc.ts";

export const apiKeysRouter = router({
  list: viewerProcedure.query(({ ctx }) => ApiKeys.listApiKeys(ctx)),
  create: adminProcedure
    .input(ApiKeys.createApiKeyInput)
    .mutation(({ ctx, input }) => ApiKeys.createApiKey(ctx, input)),
  rotate: adminProcedure
    .input(ApiKeys.rotateApiKeyInput)
    .mutation(({ ctx, input }) => ApiKeys.rotateApiKey(ctx, input)),
  revoke: adminProcedure
    .input(ApiKeys.revokeApiKeyInput)
    .mutation(({ ctx, input }) => ApiKeys.revokeApiKey(ctx, input)),
});
