import type { Command } from "commander";
import { run, withExamples } from "../run.ts";
import { withJson } from "./options.ts";

export function addIntegrationsCommands(program: Command): void {
  const integrations = program.command("integrations").description("the third parties, and whether they take events");
  withExamples(
    withJson(integrations.command("list"))
      .description("each integration, whether it is paused, and how its last test went")
      .action(run(async () => (await import("../actions/integrations.ts")).integrationsList)),
    "integrations list",
  );
  withExamples(
    withJson(integrations.command("pause <integration>"))
      .description("stop its deliveries; its messages wait in its queue")
      .requiredOption("--reason <text>", "why, for the next operator")
      .action(run(async () => (await import("../actions/integrations.ts")).integrationsPause)),
    `integrations pause slack --reason "moving to another workspace"`,
  );
  withExamples(
    withJson(integrations.command("resume <integration>"))
      .description("let its deliveries go on")
      .action(run(async () => (await import("../actions/integrations.ts")).integrationsResume)),
    "integrations resume slack",
  );
  withExamples(
    withJson(integrations.command("test <integration>"))
      .description("have its consumer make a real call that changes nothing, and say what it found")
      .option("--wait <seconds>", "how long to wait for the answer", "60")
      .action(run(async () => (await import("../actions/integrations.ts")).integrationsTest)),
    "integrations test slack",
  );
  withExamples(
    withJson(integrations.command("removable <integration>"))
      .description("count the messages that its removal would strand; fails while there are any")
      .option("--archive", "first move the messages of its queues to the dead letters")
      .action(run(async () => (await import("../actions/integrations.ts")).integrationsRemovable)),
    "integrations removable loops",
    "integrations removable mailchimp --archive",
  );
}
