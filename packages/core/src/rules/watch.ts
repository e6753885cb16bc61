import type { Ctx } from "../kernel/index.ts";
import { applyPending } from "./apply.ts";
import { checkDrifts } from "./drift.ts";
import { proveInForce } from "./in-force.ts";

export type WatchResult = { applied: number; failed: number; proven: number; checked: number; drifted: number };

/** What a schedule runs: applies what SNS has not accepted, notes what is in force, and compares what is live with what should be. */
export async function watchRules(ctx: Pick<Ctx, "db" | "messaging" | "now" | "log">): Promise<WatchResult> {
  const applied = await applyPending(ctx);
  const proven = await proveInForce(ctx);
  return { ...applied, proven, ...(await checkDrifts(ctx)) };
}
