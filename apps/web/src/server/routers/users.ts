import { removePerson, removePersonInput } from "@eventfork/core/integrations/remove-person";
import * as Users from "@eventfork/core/users";
import {
  adminMutation,
  adminProcedure,
  limited,
  personMutation,
  personProcedure,
  router,
  viewerProcedure,
  viewerQuery,
} from "../trpc.ts";

export const accountRouter = router({
  rename: personMutation(Users.renameInput, Users.rename),
  endSession: personMutation(Users.endSessionInput, Users.endSession),
  endOtherSessions: personProcedure.mutation(({ ctx }) =>
    Users.endOtherSessions(ctx, { exceptId: ctx.person?.sessionId ?? "" }),
  ),
  delete: personProcedure.input(Users.deleteAccountInput).mutation(async ({ ctx, input }) => {
    await Users.deleteAccount(ctx, input);
  }),
});

export const peopleRouter = router({
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
});
