import * as ApiKeys from "@eventfork/core/api-keys";
import * as Audit from "@eventfork/core/audit";
import * as DeadLetters from "@eventfork/core/dead-letters";
import * as Deliveries from "@eventfork/core/deliveries";
import * as EventLog from "@eventfork/core/event-log";
import * as Integrations from "@eventfork/core/integrations";
import { removePerson, removePersonInput } from "@eventfork/core/integrations/remove-person";
import { cached, messageOf } from "@eventfork/core/kernel";
import * as Outbox from "@eventfork/core/outbox";
import * as Overview from "@eventfork/core/overview";
import * as Reconcile from "@eventfork/core/reconcile";
import * as Replays from "@eventfork/core/replays";
import { type AdvanceCtx, advanceReplays } from "@eventfork/core/replays";
import * as Rollups from "@eventfork/core/rollups";
import * as Rules from "@eventfork/core/rules";
import { inspectSystem } from "@eventfork/core/system";
import * as Users from "@eventfork/core/users";
import * as Views from "@eventfork/core/views";
import {
  adminMutation,
  adminProcedure,
  limited,
  personMutation,
  personProcedure,
  router,
  viewerMutation,
  viewerProcedure,
  viewerQuery,
} from "./trpc.ts";

export const appRouter = router({
  account: router({
    rename: personMutation(Users.renameInput, Users.rename),
    endSession: personMutation(Users.endSessionInput, Users.endSession),
    endOtherSessions: personProcedure.mutation(({ ctx }) =>
      Users.endOtherSessions(ctx, { exceptId: ctx.person?.sessionId ?? "" }),
    ),
    delete: personProcedure.input(Users.deleteAccountInput).mutation(async ({ ctx, input }) => {
      await Users.deleteAccount(ctx, input);
    }),
  }),
  apiKeys: router({
    list: viewerProcedure.query(({ ctx }) => ApiKeys.listApiKeys(ctx)),
    create: adminMutation(ApiKeys.createApiKeyInput, ApiKeys.createApiKey),
    rotate: adminMutation(ApiKeys.rotateApiKeyInput, ApiKeys.rotateApiKey),
    revoke: adminMutation(ApiKeys.revokeApiKeyInput, ApiKeys.revokeApiKey),
  }),
  audit: router({
    list: viewerProcedure
      .use(limited("audit.list", 120))
      .input(Audit.listAuditInput)
      .query(({ ctx, input }) => Audit.listAudit(ctx, input)),
    actions: viewerProcedure.query(({ ctx }) => Audit.listAuditActions(ctx)),
  }),
  deadLetters: router({
    list: viewerQuery(DeadLetters.listDeadLettersInput, DeadLetters.listDeadLetters),
    get: viewerQuery(DeadLetters.getDeadLetterInput, DeadLetters.getDeadLetter),
    countOpen: viewerQuery(DeadLetters.countOpenInput, DeadLetters.countOpen),
    count: viewerQuery(DeadLetters.countDeadLettersInput, DeadLetters.countDeadLetters),
    groups: viewerQuery(DeadLetters.listGroupsInput, DeadLetters.listGroups),
    group: viewerQuery(DeadLetters.getGroupInput, DeadLetters.getGroup),
    /** A mutation, because it writes the audit log. */
    reveal: adminMutation(DeadLetters.revealDeadLetterInput, DeadLetters.revealDeadLetter),
    replay: adminMutation(DeadLetters.replayDeadLettersInput, DeadLetters.replayDeadLetters),
    discard: adminMutation(DeadLetters.discardDeadLettersInput, DeadLetters.discardDeadLetters),
    restore: adminMutation(DeadLetters.restoreDeadLettersInput, DeadLetters.restoreDeadLetters),
    /** A mutation: its input is too long for a URL. */
    checkEdit: adminMutation(Replays.editDeadLetterInput, Replays.checkEdit),
    editAndReplay: adminProcedure
      .input(Replays.editDeadLetterInput)
      .mutation(({ ctx, input }) => advanceReplaysAfterResponse(ctx, Replays.editAndReplay(ctx, input))),
  }),
  deliveries: router({
    list: viewerQuery(Deliveries.listDeliveriesInput, Deliveries.listDeliveries),
    get: viewerQuery(Deliveries.getDeliveryInput, Deliveries.getDelivery),
  }),
  events: router({
    list: viewerQuery(EventLog.listEventsInput, EventLog.listEvents),
    follow: viewerQuery(EventLog.followEventsInput, EventLog.followEvents),
    story: viewerQuery(EventLog.eventHistoryInput, EventLog.getEventHistory),
    forceSend: adminMutation(Rules.sendAnywayInput, Rules.forceSend),
  }),
  integrations: router({
    list: viewerProcedure.query(({ ctx }) => Integrations.listIntegrations(ctx)),
    available: viewerProcedure.query(({ ctx }) => Integrations.listAvailable(ctx)),
    figures: viewerQuery(Rollups.integrationFiguresInput, Rollups.readIntegrationFigures),
    get: viewerQuery(Integrations.getIntegrationInput, Integrations.getIntegration),
    test: adminProcedure
      .use(limited("integrations.test", 20))
      .input(Integrations.testIntegrationInput)
      .mutation(({ ctx, input }) => Integrations.testIntegration(ctx, input)),
    sendTestEvent: adminProcedure
      .use(limited("integrations.sendTestEvent", 20))
      .input(Integrations.sendTestEventInput)
      .mutation(({ ctx, input }) => Integrations.sendTestEvent(ctx, input)),
    pause: adminMutation(Integrations.pauseIntegrationInput, Integrations.pauseIntegration),
    resume: adminMutation(Integrations.resumeIntegrationInput, Integrations.resumeIntegration),
  }),
  outbox: router({
    measure: viewerProcedure.query(({ ctx }) => Outbox.inspectOutbox(ctx)),
    discard: adminMutation(Outbox.discardSetAsideInput, Outbox.discardSetAside),
    retry: adminProcedure.mutation(({ ctx }) => Outbox.retrySetAside(ctx)),
  }),
  overdue: router({
    resend: adminMutation(Reconcile.resendOverdueInput, Reconcile.resendOverdue),
  }),
  overview: router({
    read: viewerProcedure
      .input(Overview.overviewInput)
      .query(({ ctx, input }) => cached(ctx, ["overview", input], () => Overview.readOverview(ctx, input))),
  }),
  people: router({
    list: viewerProcedure
      .use(limited("people.list", 120))
      .input(Users.listUsersInput)
      .query(({ ctx, input }) => Users.listUsers(ctx, input)),
    get: viewerQuery(Users.getUserInput, Users.getUser),
    events: viewerQuery(Users.listPersonEventsInput, Users.listPersonEvents),
    sessions: viewerProcedure
      .input(Users.getUserInput)
      .query(({ ctx, input }) => Users.listSessionsOf(ctx, input.userId)),
    erasure: viewerQuery(Users.getUserInput, Users.getErasure),
    signUps: viewerQuery(Users.countSignUpsInput, Users.countSignUps),
    endSessions: adminMutation(Users.endSessionsOfInput, Users.endSessionsOf),
    grant: adminMutation(Users.grantRoleInput, Users.grantRole),
    erase: adminProcedure
      .use(limited("people.erase", 20))
      .input(Users.erasePersonInput)
      .mutation(({ ctx, input }) => Users.erasePerson(ctx, input)),
    takeOff: adminProcedure
      .use(limited("people.takeOff", 20))
      .input(removePersonInput)
      .mutation(({ ctx, input }) => removePerson(ctx, input)),
  }),
  replays: router({
    list: viewerQuery(Replays.listReplaysInput, Replays.listReplays),
    get: viewerQuery(Replays.getReplayInput, Replays.getReplay),
    items: viewerQuery(Replays.listReplayItemsInput, Replays.listReplayItems),
    preview: viewerMutation(Replays.previewReplayInput, Replays.previewReplay),
    start: adminProcedure
      .input(Replays.startReplayInput)
      .mutation(({ ctx, input }) => advanceReplaysAfterResponse(ctx, Replays.startReplay(ctx, input))),
    pause: adminMutation(Replays.replayInput, Replays.pauseReplay),
    resume: adminProcedure
      .input(Replays.replayInput)
      .mutation(({ ctx, input }) => advanceReplaysAfterResponse(ctx, Replays.resumeReplay(ctx, input))),
    cancel: adminProcedure
      .input(Replays.replayInput)
      .mutation(({ ctx, input }) => advanceReplaysAfterResponse(ctx, Replays.cancelReplay(ctx, input))),
  }),
  /** Dry runs are mutations: drafts are too long for a URL. */
  rules: router({
    get: viewerQuery(Rules.getRuleInput, Rules.getRule),
    troubles: viewerProcedure.query(({ ctx }) => Rules.listRuleTroubles(ctx)),
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
      .input(Rules.replayFilteredInput)
      .query(({ ctx, input }) => Rules.countFiltered(ctx, input)),
    replayFiltered: adminProcedure
      .input(Rules.replayFilteredInput)
      .mutation(({ ctx, input }) => Rules.replayFiltered(ctx, input)),
  }),
  system: router({
    inspect: viewerProcedure.use(limited("system.inspect", 60)).query(({ ctx }) => inspectSystem(ctx)),
  }),
  views: router({
    list: viewerQuery(Views.listViewsInput, Views.listViews),
    save: viewerMutation(Views.saveViewInput, Views.saveView),
    rename: viewerMutation(Views.renameViewInput, Views.renameView),
    remove: viewerMutation(Views.removeViewInput, Views.removeView),
  }),
});

export type AppRouter = typeof appRouter;

const kickMs = 5_000;

type KickCtx = AdvanceCtx & { afterResponse?: ((work: () => Promise<unknown>) => void) | undefined };

async function advanceReplaysAfterResponse<T>(ctx: KickCtx, change: Promise<T>): Promise<T> {
  const answer = await change;
  ctx.afterResponse?.(async () => {
    await advanceReplays(ctx, { untilMs: kickMs }).catch((error) => {
      ctx.log.warn({ error: messageOf(error) }, "replays could not be advanced now; the schedule will do it");
    });
  });
  return answer;
}
