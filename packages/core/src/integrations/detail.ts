import type { z } from "zod";
import { type Breaker, describeBreaker } from "../deliveries/breaker.ts";
import { describeRetries, type RetryStep } from "../deliveries/retry.ts";
import { type Ctx, parseInput } from "../kernel/index.ts";
import { type IntegrationName, type IntegrationTopology, integrations } from "../topology/index.ts";
import { type IntegrationCheck, listChecks } from "./checks.ts";
import { listPauses, type PastPause } from "./history.ts";
import { integrationInput } from "./input.ts";
import { type IntegrationSettings, readSettings } from "./settings.ts";

export type IntegrationDetail = {
  name: IntegrationName;
  title: string;
  description: string;
  settings: IntegrationSettings | null;
  limits: Pick<
    IntegrationTopology,
    "batch" | "maximumConcurrency" | "timeoutSeconds" | "replayPerSecond" | "request"
  > & {
    attempts: number;
  };
  retries: RetryStep[];
  breaker: Breaker;
  pauses: PastPause[];
  checks: IntegrationCheck[];
};

export const getIntegrationInput = integrationInput;

export async function getIntegration(
  ctx: Pick<Ctx, "db" | "now">,
  input: z.input<typeof getIntegrationInput>,
): Promise<IntegrationDetail> {
  const { integration } = parseInput(getIntegrationInput, input);
  const [settings, state, pauses, checks] = await Promise.all([
    readSettings(ctx, integration),
    ctx.db.integrationState.findUnique({ where: { integration } }),
    listPauses(ctx, integration),
    listChecks(ctx, integration),
  ]);
  const { title, description, request, batch, maximumConcurrency, timeoutSeconds, replayPerSecond, retry } =
    integrations[integration];
  return {
    name: integration,
    title,
    description,
    settings,
    limits: { request, batch, maximumConcurrency, timeoutSeconds, replayPerSecond, attempts: retry.attempts },
    retries: describeRetries(retry, settings?.retryScale ?? 1),
    breaker: describeBreaker(state, ctx.now()),
    pauses,
    checks,
  };
}
