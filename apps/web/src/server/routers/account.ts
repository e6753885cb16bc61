import * as Users from "@eventfork/core/users";
import { personProcedure, router } from "../trpc.ts";

/** What a person does with their own account. Passwords are better-auth's: `/api/auth/change-password`. */
export const accountRouter = router({
  rename: personProcedure.input(Users.renameInput).mutation(({ ctx, input }) => Users.rename(ctx, input)),
  endSession: personProcedure.input(Users.endSessionInput).mutation(({ ctx, input }) => Users.endSession(ctx, input)),
  endOtherSessions: personProcedure.mutation(({ ctx }) =>
    Users.endOtherSessions(ctx, { exceptId: ctx.person?.sessionId ?? "" }),
  ),
  delete: personProcedure.input(Users.deleteAccountInput).mutation(async ({ ctx, input }) => {
    await Users.deleteAccount(ctx, input);
  }),
});
