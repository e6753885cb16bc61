import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sandboxEnv } from "@eventfork/local/sandbox";
import { beforeAll, inject } from "vitest";
import { makeOnce } from "../commands.ts";
import { buildWebForLambda } from "../lambda/web.ts";
import type { EvaluatedFanOut } from "./evaluate.ts";
import { alarms, type EvaluateOptions, evaluate, type Graph, ownDatabase, secretValues, settings } from "./evaluate.ts";

async function evaluatePersonal(): Promise<Graph> {
  await buildWebForLambda();
  return evaluateOnce({ stage: "ada", env: { ...settings, ...secretValues, ...ownDatabase } });
}

export async function evaluateProduction(
  more: Record<string, string> = {},
  fanOut: EvaluatedFanOut = "sns",
): Promise<Graph> {
  await buildWebForLambda();
  return evaluateOnce({ stage: "production", fanOut, env: { ...settings, ...alarms, ...secretValues, ...more } });
}

export const webhookSecrets = {
  SST_SECRET_WebhookUrl: "https://hooks.example.com/secret-of-the-path",
  SST_SECRET_WebhookSecret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
};

export const evaluateExtended = () =>
  evaluateProduction({
    ...webhookSecrets,
    EVENTFORK_DATABASE_PROXY: "on",
    SST_SECRET_EventforkAlertWebhookUrl: "https://alerts.example.com/secret",
    SST_SECRET_BetterAuthSecretPrevious: "secret-of-the-cookies-before-0123456789",
  });

export const restoredHost = "eventfork-production-restored.abc.us-east-1.rds.amazonaws.com";

export const evaluateRestored = () =>
  evaluateProduction({
    EVENTFORK_DATABASE_HOST: restoredHost,
    EVENTFORK_MAINTENANCE: "on",
    EVENTFORK_MAIL_FROM: "hello@example.com",
  });

export async function evaluateTrial(): Promise<Graph> {
  await buildWebForLambda();
  const trial = { EVENTFORK_SIZE: "trial", EVENTFORK_MAIL_FROM: "hello@example.com" };
  const account = { plan: "FREE", concurrency: 10, mail: "denied" } as const;
  return evaluateOnce({ stage: "trial", account, env: { ...settings, ...secretValues, ...trial } });
}

export const tracing = {
  LOG_LEVEL: "debug",
  OTEL_EXPORTER_OTLP_ENDPOINT: "https://collector.example.com",
  OTEL_TRACES_SAMPLER_ARG: "0.1",
};
export const tracingSecret = { SST_SECRET_OtelExporterOtlpHeaders: "authorization=secret-of-the-collector" };

export async function evaluateVpc(): Promise<Graph> {
  await buildWebForLambda();
  const own = { EVENTFORK_DATABASE: "own", SST_SECRET_DatabaseUrl: "postgresql://ada:secret-of-rds@db.internal/ada" };
  const env = {
    ...settings,
    ...secretValues,
    ...own,
    ...tracing,
    ...tracingSecret,
    EVENTFORK_VPC_ID: "vpc-0123456789abcdef0",
  };
  return evaluateOnce({ stage: "ada", env });
}

export function evaluateDev(fanOut: EvaluatedFanOut = "sns"): Promise<Graph> {
  return evaluateOnce({
    stage: "ada",
    fanOut,
    isDev: true,
    env: { ...settings, EVENTFORK_STATE_DIR: join(tmpdir(), "eventfork-sst-dev") },
  });
}

export const stages = ["personal", "production", "dev"] as const;
export const deployed = ["personal", "production"] as const;

export function evaluateStages(): Record<(typeof stages)[number], Graph> {
  const graphs = {} as Record<(typeof stages)[number], Graph>;
  beforeAll(async () => {
    const [personal, production, dev] = await Promise.all([evaluatePersonal(), evaluateProduction(), evaluateDev()]);
    Object.assign(graphs, { personal, production, dev });
  }, 600_000);
  return graphs;
}

/** Cached for a run, because many files read the same graph. */
async function evaluateOnce(options: EvaluateOptions): Promise<Graph> {
  const name = createHash("sha256").update(JSON.stringify(options)).digest("hex");
  const file = join(inject("graphs"), `${name}.json`);
  const make = async () => {
    writeFileSync(`${file}.new`, JSON.stringify(await evaluate(options)));
    renameSync(`${file}.new`, file);
  };
  await makeOnce(`${file}.making`, { isMade: () => existsSync(file), make, withinMs: 280_000 });
  return JSON.parse(readFileSync(file, "utf8"));
}

export const sandbox = sandboxEnv("http://127.0.0.1:4600");
