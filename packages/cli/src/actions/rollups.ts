import type { Ctx } from "@eventfork/core/kernel";
import * as Rollups from "@eventfork/core/rollups";
import type { Answer } from "../terminal/output.ts";
import { createProgress } from "../terminal/progress.ts";

export async function rollupsRebuild(ctx: Ctx, { since }: { since?: string }): Promise<Answer> {
  const progress = await createProgress("Counting");
  const rebuilt = await Rollups.rebuildRollups(ctx, { since }, ({ done, of }) => progress.show(done, of, "hours"));
  progress.end();
  const { hours, corrected } = rebuilt;
  const figures = `${corrected} ${corrected === 1 ? "figure was" : "figures were"} put right`;
  const text = corrected === 0 ? "every figure was right" : figures;
  return { json: rebuilt, text: `${hours} ${hours === 1 ? "hour" : "hours"} counted again, ${text}.` };
}
