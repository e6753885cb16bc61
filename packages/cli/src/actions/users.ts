import { type Ctx, EventforkError, parseInput } from "@eventfork/core/kernel";
import * as Users from "@eventfork/core/users";
import { requireConfirmation } from "../terminal/confirm.ts";
import type { Answer } from "../terminal/output.ts";

export async function usersGrant(
  ctx: Ctx,
  options: { email: string; role: string; addressChecked?: boolean },
): Promise<Answer> {
  const { email, role, addressChecked = false } = options;
  const input = parseInput(Users.grantRoleInput, { email, role, isAddressChecked: addressChecked });
  await Users.grantRole(ctx, input);
  return { json: { user: { email: input.email, role: input.role } }, text: `${input.email} is now ${input.role}.` };
}

export async function usersEndSessions(ctx: Ctx, options: { email: string; yes?: boolean }): Promise<Answer> {
  const { email } = parseInput(Users.grantRoleInput.pick({ email: true }), options);
  const { users } = await Users.listUsers(ctx, { search: email });
  const user = users.find((found) => found.email === email);
  if (user === undefined) throw new EventforkError("NOT_FOUND", "Nobody has signed up with that address.");
  await requireConfirmation(options, `${email} would be logged out everywhere. End their sessions?`);
  const { ended } = await Users.endSessionsOf(ctx, { userId: user.id });
  return { json: { ended }, text: `${ended} ${ended === 1 ? "session" : "sessions"} ended.` };
}
