import { z } from "zod";
import { type Breaker, describeBreaker, describeRetries, type RetryStep } from "../deliveries/index.ts";
import { type IntegrationCheck, type IntegrationSettings, listChecks, readSettings } from "../integrations/index.ts";
import { type Ctx, parseInput } from "../platform/index.ts";
import { integrationInput } from "../platform/input.ts";
import { type IntegrationName, type IntegrationTopology, integrations } from "../topology/index.ts";

export type PastPause = {
  from: Date;
  to: Date | null;
  kind: string;
  reason: string;
  by: string;
  /** Null also when another pause replaced it. */
  endedBy: string | null;
};

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

const entriesAtMost = 100;

const details = z
  .object({ reason: z.string().catch(""), kind: z.string().catch("manual") })
  .catch({ reason: "", kind: "manual" });

async function listPauses({ db }: Pick<Ctx, "db">, integration: IntegrationName): Promise<PastPause[]> {
  const entries = await db.auditEntry.findMany({
    where: { target: integration, action: { in: ["integration.paused", "integration.resumed"] } },
    orderBy: [{ at: "desc" }, { id: "desc" }],
    take: entriesAtMost,
  });
  const pauses: PastPause[] = [];
  for (const { at, actor, action, after } of entries.toReversed()) {
    const open = pauses.findLast(({ to }) => to === null);
    if (open !== undefined) {
      open.to = at;
      if (action === "integration.resumed") open.endedBy = actor;
    }
    if (action === "integration.paused") {
      pauses.push({ from: at, to: null, by: actor, endedBy: null, ...details.parse(after) });
    }
  }
  return pauses.reverse();
}
