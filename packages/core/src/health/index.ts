import { type Ctx, messageOf } from "../kernel/index.ts";

export type Health = { status: "ok" | "unavailable"; checks: { database: "ok" | "unavailable" } };

/** Anonymous callers see no reason: it goes to the log. */
export async function checkHealth(ctx: Pick<Ctx, "db" | "log">): Promise<Health> {
  try {
    await ctx.db.$queryRaw`SELECT 1`;
    return { status: "ok", checks: { database: "ok" } };
  } catch (error) {
    ctx.log.error({ error: messageOf(error) }, "the database does not answer");
    return { status: "unavailable", checks: { database: "unavailable" } };
  }
}
