import { listOn, type Messaging } from "../platform/aws/index.ts";
import type { IntegrationStateWhereInput } from "../platform/db/index.ts";
import type { Ctx } from "../platform/index.ts";
import { type IntegrationName, integrationNames, topologyOf } from "../topology/index.ts";

export type AvailableIntegration = {
  name: IntegrationName;
  title: string;
  description: string;
  secrets: readonly string[];
  settings: readonly string[];
};

export function listAvailable({ messaging }: { messaging: Pick<Messaging, "queues"> }): AvailableIntegration[] {
  const on = listOn(messaging);
  return integrationNames
    .filter((name) => !on.includes(name))
    .map((name) => {
      const { title, description, secrets, settings } = topologyOf(name);
      return { name, title, description, secrets, settings };
    });
}

export async function listPaused(ctx: Pick<Ctx, "db" | "now">): Promise<IntegrationName[]> {
  return findPaused(ctx, { OR: [{ probeAt: null }, { probeAt: { gt: ctx.now() } }] });
}

export async function listAllPaused(ctx: Pick<Ctx, "db">): Promise<IntegrationName[]> {
  return findPaused(ctx, {});
}

/** Their messages wait on purpose. */
export async function listRateLimited(
  { db, now }: Pick<Ctx, "db" | "now">,
  withinSeconds: number,
): Promise<IntegrationName[]> {
  const since = new Date(now().getTime() - withinSeconds * 1_000);
  const where = { OR: [{ limitedAt: { gt: since } }, { limitSeconds: { gt: 0 }, limitedUntil: { gt: since } }] };
  const rows = await db.integrationState.findMany({ where });
  return integrationNames.filter((name) => rows.some((row) => row.integration === name));
}

async function findPaused({ db }: Pick<Ctx, "db">, where: IntegrationStateWhereInput): Promise<IntegrationName[]> {
  const rows = await db.integrationState.findMany({ where: { pausedAt: { not: null }, ...where } });
  return integrationNames.filter((name) => rows.some((row) => row.integration === name));
}
