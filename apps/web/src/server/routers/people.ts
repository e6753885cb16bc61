import { removePerson, removePersonInput } from "@eventfork/core/integrations/remove-person";
import * as Users from "@eventfork/core/users";
import { adminProcedure, limited, router, viewerProcedure } from "../trpc.ts";

export const peopleRouter = router({
  list: viewerProcedure
    .use(limited("people.list", 120))
    .input(Users.listUsersInput)
    .query(({ ctx, input }) => Users.listUsers(ctx, input)),
  get: viewerProcedure.input(Users.getUserInput).query(({ ctx, input }) => Users.getUser(ctx, input)),
  events: viewerProcedure
    .input(Users.listPersonEventsInput)
    .query(({ ctx, input }) => Users.listPersonEvents(ctx, input)),
  sessions: viewerProcedure
    .input(Users.getUserInput)
    .query(({ ctx, input }) => Users.listSessionsOf(ctx, input.userId)),
  erasure: viewerProcedure.input(Users.getUserInput).query(({ ctx, input }) => Users.getErasure(ctx, input)),
  signUps: viewerProcedure.input(Users.countSignUpsInput).query(({ ctx, input }) => Users.countSignUps(ctx, input)),
  grant: adminProcedure.input(Users.grantRoleInput).mutation(({ ctx, input }) => Users.grantRole(ctx, input)),
  erase: adminProcedure
    .use(limited("people.erase", 20))
    .input(Users.erasePersonInput)
    .mutation(({ ctx, input }) => Users.erasePerson(ctx, input)),
  takeOff: adminProcedure
    .use(limited("people.takeOff", 20))
    .input(removePersonInput)
    .mutation(({ ctx, input }) => removePerson(ctx, input)),
});
