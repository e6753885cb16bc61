import type { Ctx } from "@eventfork/core/kernel";
import type { Command } from "commander";
import { integrationsList, integrationsPause, integrationsResume, integrationsTest } from "./commands/integrations.ts";
import type { Answer } from "./output.ts";

type Run = <Options>(
  command: (ctx: Ctx, options: Options) => Promise<Answer>,
) => (options: Options & { json?: boolean }) => Promise<void>;

const json = ["--json", "answer one JSON object"] as const;

export function addIntegrationsCommands(program: Command, run: Run): void {
  const integrations = program.command("integrations").description("the third parties, and whether they take events");
  integrations
    .command("list")
    .description("each integration, whether it is paused, and how its last test went")
    .option(...json)
    .action(run(integrationsList));
  integrations
    .command("pause <integration>")
    .description("stop its deliveries; its messages wait in its queue")
    .requiredOption("--reason <text>", "why, for whoever looks next")
    .option(...json)
    .action((integration: string, options: { reason: string }) => run(integrationsPause)({ integration, ...options }));
  integrations
    .command("resume <integration>")
    .description("let its deliveries go on")
    .option(...json)
    .action((integration: string, options: object) => run(integrationsResume)({ integration, ...options }));
  integrations
    .command("test <integration>")
    .description("have its consumer make a real call that changes nothing, and say what it found")
    .option("--wait <seconds>", "how long to wait for the answer", "60")
    .option(...json)
    .action((integration: string, options: { wait: string }) => run(integrationsTest)({ integration, ...options }));
}
