import { listOn } from "../aws/index.ts";
import type { Ctx } from "../kernel/index.ts";
import { applyPending } from "./apply.ts";
import { checkDrifts } from "./drift.ts";
import { proveInForce } from "./in-force.ts";
import { seedRules } from "./versions.ts";

export type WatchResult = { applied: number; failed: number; proven: number; checked: number; drifted: number };

/** What a schedule runs: writes the first version of an integration that has just been switched on, applies what SNS has not accepted, notes what is in force, and compares what is live with what should be. */
export async function watchRules(ctx: Pick<Ctx, "db" | "messaging" | "now" | "log">): Promise<WatchResult> {
  await seedRules(ctx, listOn(ctx.messaging));
  const applied = await applyPending(ctx);
  const proven = await proveInForce(ctx);
  return { ...applied, proven, ...(await checkDrifts(ctx)) };
}
