import { z } from "zod";
import { audit } from "../audit/index.ts";
import { type Ctx, EventforkError, newId, parseInput, type Role } from "../platform/index.ts";
import { emailAddress } from "../platform/input.ts";
import { dropResetLinks } from "./auth/mails.ts";
import { type Credentials, parseCredentials } from "./passwords/credentials.ts";
import { hashPassword, verifyPassword } from "./passwords/passwords.ts";

export const roles = ["user", "viewer", "admin"] as const satisfies readonly Role[];

export const grantRoleInput = z.object({
  email: emailAddress("should be an e-mail address").pipe(z.string().toLowerCase()),
  role: z.enum(roles, { error: `should be one of ${roles.join(", ")}` }),
  /** The granter has verified the address. */
  isAddressChecked: z.boolean().default(false),
});

const isMore = (role: Role, than: Role) => roles.indexOf(role) > roles.indexOf(than);

const shown = { id: true, role: true, emailVerified: true, erasedAt: true };

export function parseRole(text: unknown): Role {
  return roles.find((role) => role === text) ?? "user";
}

/**
 * Effective from the next request. A lesser role ends sessions; a higher one needs a confirmed or checked address.
 * @throws EventforkError `NOT_FOUND`, or `CONFLICT` for the last admin or an unconfirmed address.
 */
export async function grantRole(
  ctx: Pick<Ctx, "db" | "actor" | "now" | "from"> & { isVerificationRequired?: boolean | undefined },
  input: z.input<typeof grantRoleInput>,
): Promise<{ id: string; email: string; role: Role; previousRole: Role }> {
  const { email, role, isAddressChecked } = parseInput(grantRoleInput, input);
  return ctx.db.$transaction(async (tx) => {
    // Locks every admin: concurrent demotions cannot both succeed.
    const admins = await tx.$queryRaw<{ id: string }[]>`
      SELECT id FROM "user" WHERE role = 'admin' ORDER BY id FOR UPDATE`;
    const user = await tx.user.findUnique({ where: { email }, select: shown });
    if (user === null || user.erasedAt !== null)
      throw new EventforkError("NOT_FOUND", "Nobody has signed up with that address.");
    const previousRole = parseRole(user.role);
    if (previousRole === role) return { id: user.id, email, role, previousRole };
    if (previousRole === "admin" && admins.every(({ id }) => id === user.id)) {
      throw new EventforkError("CONFLICT", "This is the last admin. Make somebody else an admin first.");
    }
    const isRaised = isMore(role, previousRole);
    if (isRaised && !user.emailVerified) requireChecked(ctx.isVerificationRequired === true, isAddressChecked);
    const now = ctx.now();
    await tx.user.update({ where: { id: user.id }, data: { role, updatedAt: now } });
    if (!isRaised) await tx.session.deleteMany({ where: { userId: user.id } });
    const after = { role, ...(isRaised && !user.emailVerified && { isAddressChecked }) };
    await audit(tx, ctx, { action: "role.granted", target: user.id, before: { role: previousRole }, after });
    return { id: user.id, email, role, previousRole };
  });
}

function requireChecked(canConfirm: boolean, isAddressChecked: boolean): void {
  const problem = "Nobody has confirmed this address, and anybody may have signed up with it.";
  if (canConfirm) {
    throw new EventforkError("CONFLICT", `${problem} Ask the person to follow the link in their mail, then try again.`);
  }
  if (isAddressChecked) return;
  throw new EventforkError("CONFLICT", `${problem} Check with the person that it is theirs, and say so.`);
}

const providerId = "credential";

/** Creates or repairs the first admin. Idempotent; records no event. */
export async function ensureAdmin(
  ctx: Pick<Ctx, "db" | "now">,
  input: Credentials,
): Promise<{ id: string; isNew: boolean }> {
  const { name, password, ...parsed } = await parseCredentials(input);
  const email = parsed.email.toLowerCase();
  const found = await ctx.db.user.findUnique({ where: { email }, include: { accounts: { where: { providerId } } } });
  const account = found?.accounts[0];
  const isPasswordRight = account?.password ? await verifyPassword(account.password, password, null) : false;
  if (found !== null && found.role === "admin" && isPasswordRight) return { id: found.id, isNew: false };

  const hash = isPasswordRight ? undefined : await hashPassword(password, { purpose: "log_in", network: null });
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
      await tx.session.deleteMany({ where: { userId: id } });
      await dropResetLinks(tx, id);
    }
    const actor = { kind: "system", name: "setup" } as const;
    await audit(tx, { actor, now: ctx.now }, { action: "admin.ensured", target: id });
  });
  return { id, isNew: found === null };
}
