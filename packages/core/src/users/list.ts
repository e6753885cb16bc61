import { z } from "zod";
import { type Ctx, decodeCursor, encodeCursor, pageInput, parseInput, type Role } from "../kernel/index.ts";
import { parseRole, roles } from "./roles.ts";

export const listUsersInput = z.object({ role: z.enum(roles).optional(), ...pageInput });

export type UserItem = { id: string; name: string; email: string; role: Role; createdAt: Date };

/** People who have signed up, newest first. `next` is the cursor of the page after, or null. */
export async function listUsers(
  ctx: Pick<Ctx, "db">,
  input: z.input<typeof listUsersInput> = {},
): Promise<{ users: UserItem[]; next: string | null }> {
  const { role, cursor, limit } = parseInput(listUsersInput, input);
  const [before] = cursor === undefined ? [] : decodeCursor(cursor, 1);
  const rows = await ctx.db.user.findMany({
    where: { ...(role && { role }), ...(before && { id: { lt: before } }) },
    select: { id: true, name: true, email: true, role: true, createdAt: true },
    orderBy: { id: "desc" },
    take: limit + 1,
  });
  const users = rows.slice(0, limit).map((row) => ({ ...row, role: parseRole(row.role) }));
  const last = users.at(-1);
  return { users, next: rows.length > limit && last !== undefined ? encodeCursor([last.id]) : null };
}
