import type { Ctx } from "../kernel/index.ts";

export type ApiKeyState = "active" | "retiring" | "ended";

export type ApiKeyItem = {
  id: string;
  name: string;
  tail: string;
  types: string[];
  source: string;
  createdAt: Date;
  createdBy: string;
  lastUsedAt: Date | null;
  expiresAt: Date | null;
  replacedBy: string | null;
  state: ApiKeyState;
};

const shownKeys = 200;

/** The latest 200, newest first, without the keys themselves. */
export async function listApiKeys(ctx: Pick<Ctx, "db" | "now">): Promise<ApiKeyItem[]> {
  const rows = await ctx.db.apiKey.findMany({
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: shownKeys,
    omit: { hash: true },
  });
  return rows.map((row) => ({ ...row, state: stateOf(row.expiresAt, ctx.now()) }));
}

function stateOf(expiresAt: Date | null, now: Date): ApiKeyState {
  if (expiresAt === null) return "active";
  return expiresAt > now ? "retiring" : "ended";
}
