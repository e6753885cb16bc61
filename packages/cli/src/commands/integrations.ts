import { setTimeout as sleep } from "node:timers/promises";
import type * as Integrations from "@eventfork/core/integrations";
import { type Ctx, EventforkError, integrationInput, parseInput } from "@eventfork/core/platform";
import type { Command } from "commander";
import { runWithContext, withExamples, withJson } from "../run.ts";
import { type CommandOutput, formatTable } from "../terminal/output.ts";
import { formatRateLimit } from "./status.ts";

export function addIntegrationsCommands(program: Command): void {
  const integrations = program.command("integrations").description("the third parties, and whether they take events");
  withExamples(
    withJson(integrations.command("list"))
      .description("each integration, whether it is paused, and how its last test went")
      .action(runWithContext(list)),
    "integrations list",
  );
  withExamples(
    withJson(integrations.command("pause <integration>"))
      .description("stop its deliveries; its messages wait in its queue")
      .requiredOption("--reason <text>", "why, for the next operator")
      .action(runWithContext(pause)),
    `integrations pause slack --reason "moving to another workspace"`,
  );
  withExamples(
    withJson(integrations.command("resume <integration>"))
      .description("let its deliveries go on")
      .action(runWithContext(resume)),
    "integrations resume slack",
  );
  withExamples(
    withJson(integrations.command("test <integration>"))
      .description("have its consumer make a real call that changes nothing, and say what it found")
      .option("--wait <seconds>", "how long to wait for the answer", "60")
      .action(runWithContext(test)),
    "integrations test slack",
  );
  withExamples(
    withJson(integrations.command("removable <integration>"))
      .description("count the messages that its removal would strand; fails while there are any")
      .option("--archive", "first move the messages of its queues to the dead letters")
      .action(runWithContext(checkRemovable)),
    "integrations removable loops",
    "integrations removable mailchimp --archive",
  );
}

const pollMs = 250;

async function list(ctx: Ctx): Promise<CommandOutput> {
  const { getIntegration, listIntegrations } = await import("@eventfork/core/overview");
  const statuses = await listIntegrations(ctx);
  const details = await Promise.all(statuses.map(({ name }) => getIntegration(ctx, { integration: name })));
  const rows = statuses.map(({ name, pausedAt, pausedReason, rateLimitedUntil }, i) => [
    name,
    pausedAt === null ? formatRateLimit(rateLimitedUntil) : `paused: ${pausedReason ?? "no reason was given"}`,
    describeTarget(details[i]?.settings ?? null),
    describeLastTest(details[i]?.checks[0]),
  ]);
  const integrations = statuses.map((status, i) => ({ ...status, settings: details[i]?.settings ?? null }));
  return { json: { integrations }, text: formatTable(["integration", "state", "talks to", "last test"], rows) };
}

async function pause(ctx: Ctx, options: { integration: string; reason: string }): Promise<CommandOutput> {
  const Integrations = await import("@eventfork/core/integrations");
  const { integration, reason } = parseInput(Integrations.pauseIntegrationInput, options);
  await Integrations.pauseIntegration(ctx, { integration, reason });
  return { json: { integration, isPaused: true }, text: `${integration} is paused. Its messages wait in its queue.` };
}

async function resume(ctx: Ctx, options: { integration: string }): Promise<CommandOutput> {
  const Integrations = await import("@eventfork/core/integrations");
  const { integration } = parseInput(Integrations.resumeIntegrationInput, options);
  await Integrations.resumeIntegration(ctx, { integration });
  return { json: { integration, isPaused: false }, text: `${integration} is resumed.` };
}

/** @throws EventforkError `UNAVAILABLE` when the consumer's own test fails or does not finish in time. */
async function test(ctx: Ctx, options: { integration: string; wait: string }): Promise<CommandOutput> {
  const Integrations = await import("@eventfork/core/integrations");
  const { integration } = parseInput(Integrations.testIntegrationInput, options);
  const { id } = await Integrations.testIntegration(ctx, { integration });
  const deadline = Date.now() + Number(options.wait) * 1_000;
  let check = await Integrations.getCheck(ctx, { id });
  while (check.answeredAt === null && Date.now() < deadline) {
    await sleep(pollMs);
    check = await Integrations.getCheck(ctx, { id });
  }
  const { result } = check;
  if (result === null) {
    const message = `${integration}'s consumer has not answered within ${options.wait} s: it is not running, or has a backlog. The answer will show at the integration's page.`;
    throw new EventforkError("UNAVAILABLE", message);
  }
  if (result.problem !== null) throw new EventforkError("UNAVAILABLE", result.problem.text);
  const facts = result.facts.map(({ title, text }) => [title, text]);
  return { json: { check }, text: `${integration} works.\n\n${formatTable(["", ""], facts).trimStart()}` };
}

/**
 * Counts the messages that a removal would strand.
 * @throws EventforkError `CONFLICT` while there are any.
 */
async function checkRemovable(ctx: Ctx, options: { integration: string; archive?: boolean }): Promise<CommandOutput> {
  const { getUnfinishedWork } = await import("@eventfork/core/overview");
  const DeadLetters = await import("@eventfork/core/dead-letters");
  const { integration } = parseInput(integrationInput, options);
  if (options.archive) await DeadLetters.retireQueues(ctx, integration);
  const { queue, openDeadLetters, runningReplays } = await getUnfinishedWork(ctx, { integration });
  const { waiting, inFlight, dead } = queue ?? { waiting: 0, inFlight: 0, dead: 0 };
  const kinds: [kind: string, count: number, next: string][] = [
    ["queue", waiting, "Let its consumer deliver them, or move them to the dead letters with --archive."],
    ["in flight", inFlight, "Wait for its consumer, or for their next attempt, then check again."],
    ["DLQ", dead, "Wait a minute for the archive job, or move them with --archive."],
    ["open dead letters", openDeadLetters, "Replay them, or export and discard them (eventfork dead-letters)."],
    ["running replays", runningReplays, "Wait until they end, or cancel them (eventfork replays)."],
  ];
  const left = kinds.filter(([, count]) => count > 0);
  const summary = kinds.map(([kind, count]) => `${kind} ${count}`).join(", ");
  if (left.length > 0) {
    const steps = left.map(([kind, , next]) => `  ${kind}: ${next}`).join("\n");
    const problems = left.map(([path, count, next]) => ({ path, message: `${count}. ${next}` }));
    throw new EventforkError("CONFLICT", `${integration} cannot be removed yet: ${summary}.\n${steps}`, { problems });
  }
  const off = queue === null ? " It is off here, so the addresses of its queues are unknown." : "";
  return {
    json: { integration, queue, openDeadLetters, runningReplays },
    text: `${integration} can be removed: ${summary}.${off}`,
  };
}

function describeTarget(settings: Integrations.IntegrationSettings | null): string {
  if (settings === null) return "?";
  if (settings.isSandbox) return "the sandbox";
  return settings.host ?? "the real one";
}

function describeLastTest(check: Integrations.IntegrationCheck | undefined): string {
  if (check === undefined) return "never";
  if (check.isOk === null) return "no answer yet";
  return check.isOk ? "ok" : (check.result?.problem?.text ?? "failed");
}
