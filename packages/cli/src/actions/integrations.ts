import { setTimeout as sleep } from "node:timers/promises";
import * as Integrations from "@eventfork/core/integrations";
import { type Ctx, EventforkError, parseInput } from "@eventfork/core/kernel";
import { type Answer, formatTable } from "../terminal/output.ts";

const pollMs = 250;

/** Every integration, whether it is paused, and how its last test went. */
export async function integrationsList(ctx: Ctx): Promise<Answer> {
  const statuses = await Integrations.listIntegrations(ctx);
  const details = await Promise.all(
    statuses.map(({ name }) => Integrations.getIntegration(ctx, { integration: name })),
  );
  const rows = statuses.map(({ name, pausedAt, pausedReason }, i) => [
    name,
    pausedAt === null ? "active" : `paused: ${pausedReason ?? "no reason was given"}`,
    sayTarget(details[i]?.settings ?? null),
    sayLastTest(details[i]?.checks[0]),
  ]);
  const integrations = statuses.map((status, i) => ({ ...status, settings: details[i]?.settings ?? null }));
  return { json: { integrations }, text: formatTable(["integration", "state", "talks to", "last test"], rows) };
}

export async function integrationsPause(ctx: Ctx, options: { integration: string; reason: string }): Promise<Answer> {
  const { integration, reason } = parseInput(Integrations.pauseIntegrationInput, options);
  await Integrations.pauseIntegration(ctx, { integration, reason });
  return { json: { integration, isPaused: true }, text: `${integration} is paused. Its messages wait in its queue.` };
}

export async function integrationsResume(ctx: Ctx, options: { integration: string }): Promise<Answer> {
  const { integration } = parseInput(Integrations.resumeIntegrationInput, options);
  await Integrations.resumeIntegration(ctx, { integration });
  return { json: { integration, isPaused: false }, text: `${integration} goes on.` };
}

/**
 * Asks the integration's consumer to test itself, and waits for its answer.
 * @throws EventforkError `UNAVAILABLE` with what is wrong, or when no answer has come in time.
 */
export async function integrationsTest(ctx: Ctx, options: { integration: string; wait: string }): Promise<Answer> {
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

function sayTarget(settings: Integrations.IntegrationSettings | null): string {
  if (settings === null) return "?";
  if (settings.isSandbox) return "the sandbox";
  return settings.host ?? "the real one";
}

function sayLastTest(check: Integrations.IntegrationCheck | undefined): string {
  if (check === undefined) return "never";
  if (check.isOk === null) return "no answer yet";
  return check.isOk ? "ok" : (check.result?.problem?.text ?? "failed");
}
