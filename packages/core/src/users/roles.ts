import { hashPassword, verifyPassword } from "better-auth/crypto";
import { z } from "zod";
import { audit } from "../audit/index.ts";
import { emailAddress } from "../kernel/email.ts";
import { type Ctx, EventforkError, newId, parseInput, type Role } from "../kernel/index.ts";
import { credentialsInput } from "./credentials.ts";

/** An admin may do everything, a viewer look at all of `/admin`, a user neither. */
export const roles = ["user", "viewer", "admin"] as const satisfies readonly Role[];

export const grantRoleInput = z.object({
  email: emailAddress("should be an e-mail address").pipe(z.string().toLowerCase()),
  role: z.enum(roles, { error: `should be one of ${roles.join(", ")}` }),
});

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
    const admins = await tx.$queryRaw<{ id: string }[]>`
      SELECT id FROM "user" WHERE role = 'admin' ORDER BY id FOR UPDATE`;
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

const providerId = "credential";

/** For a system's first admin: records no event, since nobody has signed up. What is already right stays. */
export async function ensureAdmin(
  ctx: Pick<Ctx, "db" | "now">,
  input: z.input<typeof credentialsInput>,
): Promise<{ id: string; isNew: boolean }> {
  const { name, password, ...parsed } = parseInput(credentialsInput, input);
  const email = parsed.email.toLowerCase();
  const found = await ctx.db.user.findUnique({ where: { email }, include: { accounts: { where: { providerId } } } });
  const account = found?.accounts[0];
  const isPasswordRight = account?.password ? await verifyPassword({ hash: account.password, password }) : false;
  if (found !== null && found.role === "admin" && isPasswordRight) return { id: found.id, isNew: false };

  const hash = isPasswordRight ? undefined : await hashPassword(password);
  const id = found?.id ?? newId("user");
  const now = ctx.now();
  await ctx.db.$transaction(async (tx) => {
    await tx.user.upsert({
      where: { email },
      create: { id, name, email, emailVerified: true, role: "admin", createdAt: now, updatedAt: now },
      update: { role: "admin", updatedAt: now },
    });
    if (hash !== undefined) {
      const changed = { password: hash, updatedAt: now };
      await tx.account.upsert({
        where: { id: account?.id ?? "" },
        create: { ...changed, id: newId("account"), userId: id, accountId: id, providerId, createdAt: now },
        update: changed,
      });
    }
    const actor = { kind: "system", name: "setup" } as const;
    await audit(tx, { actor, now: ctx.now }, { action: "admin.ensured", target: id });
  });
  return { id, isNew: found === null };
}
