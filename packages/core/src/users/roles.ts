import { z } from "zod";
import { audit } from "../audit/index.ts";
import { type Ctx, EventforkError, parseInput, type Role } from "../kernel/index.ts";

/** An admin may do everything, a viewer look at all of `/admin`, a user neither. */
export const roles = ["user", "viewer", "admin"] as const satisfies readonly Role[];

export const grantRoleInput = z.object({
  email: z.email("should be an e-mail address").toLowerCase(),
  role: z.enum(roles, { error: `should be one of ${roles.join(", ")}` }),
});

/** An unknown role counts as `user`. */
export function parseRole(text: unknown): Role {
  return roles.find((role) => role === text) ?? "user";
}

/**
 * Gives a person a role at once: open sessions have it from their next request. A lesser role than before ends them.
 * @throws EventforkError `NOT_FOUND` when nobody has that address, `CONFLICT` when the last admin would go.
 */
export async function grantRole(
  ctx: Pick<Ctx, "db" | "actor" | "now" | "from">,
  input: z.input<typeof grantRoleInput>,
): Promise<{ id: string; email: string; role: Role; previousRole: Role }> {
  const { email, role } = parseInput(grantRoleInput, input);
  return ctx.db.$transaction(async (tx) => {
    // Locks every admin: two admins who demote each other at the same time do not both succeed.
    const admins = await tx.$queryRaw<
      { id: string }[]
    >`SELECT id FROM "user" WHERE role = 'admin' ORDER BY id FOR UPDATE`;
    const user = await tx.user.findUnique({ where: { email }, select: { id: true, role: true, erasedAt: true } });
    if (user === null || user.erasedAt !== null)
      throw new EventforkError("NOT_FOUND", "Nobody has signed up with that address.");
    const previousRole = parseRole(user.role);
    if (previousRole === role) return { id: user.id, email, role, previousRole };
    if (previousRole === "admin" && admins.every(({ id }) => id === user.id)) {
      throw new EventforkError("CONFLICT", "This is the last admin. Make somebody else an admin first.");
    }
    await tx.user.update({ where: { id: user.id }, data: { role, updatedAt: ctx.now() } });
    // No screen that is still open should offer what the role no longer allows.
    if (roles.indexOf(role) < roles.indexOf(previousRole)) await tx.session.deleteMany({ where: { userId: user.id } });
    await audit(tx, ctx, { action: "role.granted", target: user.id, before: { role: previousRole }, after: { role } });
    return { id: user.id, email, role, previousRole };
  });
}
