import { createSystemCtx } from "@eventfork/core/schedules";
import * as Users from "@eventfork/core/users";

/** Gives a person a role from where the database can be reached: the first operator has nobody to ask. */
export const handler = (input: Parameters<typeof Users.grantRole>[1]) =>
  Users.grantRole(createSystemCtx("grant"), input);
