import type { Ctx } from "@eventfork/core/platform";
import type { Command } from "commander";
import { runWithContext, withExamples, withJson } from "../run.ts";
import type { CommandOutput } from "../terminal/output.ts";
import { createProgress } from "../terminal/prompts.ts";

export function addRollupsCommands(program: Command): void {
  const rollups = program.command("rollups").description("the figures of the overview");
  withExamples(
    withJson(rollups.command("rebuild"))
      .description("count them again from the attempts, dead letters and events that are kept")
      .option("--since <time>", "from the hour that this lies in, as in 2026-11-25T10:00:00Z; otherwise all")
      .action(runWithContext(rebuild)),
    "rollups rebuild --since 2026-11-25T10:00:00Z",
  );
}

async function rebuild(ctx: Ctx, { since }: { since?: string }): Promise<CommandOutput> {
  const Rollups = await import("@eventfork/core/rollups");
  const progress = await createProgress("Counting");
  const rebuilt = await Rollups.rebuildRollups(ctx, { since }, ({ done, of }) => progress.show(done, of, "hours"));
  progress.end();
  const { hours, corrected } = rebuilt;
  const figures = `${corrected} ${corrected === 1 ? "figure was" : "figures were"} put right`;
  const text = corrected === 0 ? "every figure was right" : figures;
  return { json: rebuilt, text: `${hours} ${hours === 1 ? "hour" : "hours"} counted again, ${text}.` };
}
