import { type Ctx, parseInput } from "@eventfork/core/kernel";
import * as Users from "@eventfork/core/users";
import type { Answer } from "../terminal/output.ts";

export async function usersGrant(ctx: Ctx, options: { email: string; role: string }): Promise<Answer> {
  const { email, role } = parseInput(Users.grantRoleInput, options);
  await Users.grantRole(ctx, { email, role });
  return { json: { user: { email, role } }, text: `${email} is now ${role}.` };
}
