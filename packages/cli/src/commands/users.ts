import { type Ctx, parseInput } from "@eventfork/core/kernel";
import type { Answer } from "../output.ts";

/** Gives a person a role. What signs people in is loaded here alone: no other command waits for it. */
export async function usersGrant(ctx: Ctx, options: { email: string; role: string }): Promise<Answer> {
  const Users = await import("@eventfork/core/users");
  const { email, role } = parseInput(Users.grantRoleInput, options);
  await Users.grantRole(ctx, { email, role });
  return { json: { user: { email, role } }, text: `${email} is now ${role}.` };
}
