import type { Ctx } from "../kernel/index.ts";
import { hashSecret, keyPrefix } from "./secrets.ts";

export type Authenticated = { id: string; name: string; types: string[]; source: string };

const usedAtMostEveryMs = 60_000;
const longestSecret = 100;

export async function authenticate(ctx: Pick<Ctx, "db" | "now">, secret: string): Promise<Authenticated | null> {
  if (!secret.startsWith(keyPrefix) || secret.length > longestSecret) return null;
  // Found by its hash, in an index: the time of the lookup tells nothing of a key.
  const row = await ctx.db.apiKey.findUnique({ where: { hash: hashSecret(secret) } });
  const now = ctx.now();
  if (row === null || (row.expiresAt !== null && row.expiresAt <= now)) return null;
  if (row.lastUsedAt === null || now.getTime() - row.lastUsedAt.getTime() >= usedAtMostEveryMs) {
    await ctx.db.apiKey.updateMany({ where: { id: row.id }, data: { lastUsedAt: now } });
  }
  return { id: row.id, name: row.name, types: row.types, source: row.source };
}
