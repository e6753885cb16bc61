import * as ApiKeys from "@eventfork/core/api-keys";
import * as Audit from "@eventfork/core/audit";
import * as Views from "@eventfork/core/saved-views";
import { adminMutation, limited, router, viewerMutation, viewerProcedure, viewerQuery } from "../trpc.ts";

export const apiKeysRouter = router({
  list: viewerProcedure.query(({ ctx }) => ApiKeys.listApiKeys(ctx)),
  create: adminMutation(ApiKeys.createApiKeyInput, ApiKeys.createApiKey),
  rotate: adminMutation(ApiKeys.rotateApiKeyInput, ApiKeys.rotateApiKey),
  revoke: adminMutation(ApiKeys.revokeApiKeyInput, ApiKeys.revokeApiKey),
});

export const auditRouter = router({
  list: viewerProcedure
    .use(limited("audit.list", 120))
    .input(Audit.listAuditInput)
    .query(({ ctx, input }) => Audit.listAudit(ctx, input)),
  actions: viewerProcedure.query(({ ctx }) => Audit.listAuditActions(ctx)),
});

export const viewsRouter = router({
  list: viewerQuery(Views.listViewsInput, Views.listViews),
  save: viewerMutation(Views.saveViewInput, Views.saveView),
  rename: viewerMutation(Views.renameViewInput, Views.renameView),
  remove: viewerMutation(Views.removeViewInput, Views.removeView),
});
