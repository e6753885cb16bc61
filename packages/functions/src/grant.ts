import { createSystemCtx } from "@eventfork/core/platform/schedules";
import * as Users from "@eventfork/core/users";

/** Makes the first admin, whom no other admin can appoint. */
export const handler = (input: Parameters<typeof Users.grantRole>[1]) =>
  Users.grantRole(createSystemCtx("grant"), input);
