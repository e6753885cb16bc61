import { z } from "zod";
import type { Ctx } from "../kernel/index.ts";
import type { IntegrationName } from "../topology/index.ts";

export type PastPause = {
  from: Date;
  /** Null while it lasts. */
  to: Date | null;
  kind: string;
  reason: string;
  by: string;
  /** An operator, or the engine after a successful probe; null while it lasts, and when another pause replaced it. */
  endedBy: string | null;
};

const entriesAtMost = 100;

const details = z
  .object({ reason: z.string().catch(""), kind: z.string().catch("manual") })
  .catch({ reason: "", kind: "manual" });

export async function listPauses({ db }: Pick<Ctx, "db">, integration: IntegrationName): Promise<PastPause[]> {
  const entries = await db.auditEntry.findMany({
    where: { target: integration, action: { in: ["integration.paused", "integration.resumed"] } },
    orderBy: [{ at: "desc" }, { id: "desc" }],
    take: entriesAtMost,
  });
  const pauses: PastPause[] = [];
  for (const { at, actor, action, after } of entries.toReversed()) {
    const open = pauses.findLast(({ to }) => to === null);
    if (open !== undefined) {
      open.to = at;
      if (action === "integration.resumed") open.endedBy = actor;
    }
    if (action === "integration.paused") {
      pauses.push({ from: at, to: null, by: actor, endedBy: null, ...details.parse(after) });
    }
  }
  return pauses.reverse();
}
