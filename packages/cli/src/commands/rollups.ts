import type { Ctx } from "@eventfork/core/kernel";
import * as Rollups from "@eventfork/core/rollups";
import type { Answer } from "../output.ts";

/** Counts the overview's figures again from what is kept. On a terminal it says how far it has come. */
export async function rollupsRebuild(ctx: Ctx, { since }: { since?: string }): Promise<Answer> {
  const isWatched = process.stderr.isTTY;
  const rebuilt = await Rollups.rebuildRollups(ctx, { since }, ({ done, of }) => {
    if (isWatched) process.stderr.write(`\r${done} of ${of} hours`);
  });
  if (isWatched) process.stderr.write("\r\u001B[K");
  const { hours, corrected } = rebuilt;
  const figures = `${corrected} ${corrected === 1 ? "figure was" : "figures were"} put right`;
  const text = corrected === 0 ? "every figure was right" : figures;
  return { json: rebuilt, text: `${hours} ${hours === 1 ? "hour" : "hours"} counted again, ${text}.` };
}
