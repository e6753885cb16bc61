import { hashPassword, verifyPassword } from "better-auth/crypto";
import type { z } from "zod";
import { audit } from "../audit/index.ts";
import { type Ctx, newId, parseInput } from "../kernel/index.ts";
import { credentialsInput } from "./credentials.ts";

/** better-auth's name for an account that has a password. */
const providerId = "credential";

/**
 * Makes sure that this person can sign in as an admin with this password. For a system's first admin: it records no
 * event, since nobody has signed up.
 */
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
      await tx.account.upsert({
        where: { id: account?.id ?? "" },
        create: {
          id: newId("account"),
          userId: id,
          accountId: id,
          providerId,
          password: hash,
          createdAt: now,
          updatedAt: now,
        },
        update: { password: hash, updatedAt: now },
      });
    }
    await audit(
      tx,
      { actor: { kind: "system", name: "setup" }, now: ctx.now },
      { action: "admin.ensured", target: id },
    );
  });
  return { id, isNew: found === null };
}
