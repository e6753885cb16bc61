import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { answerCheck, describeSettings, keepSettings, parseCheck, tryConnect } from "../integrations/index.ts";
import { createOwnMessaging } from "../platform/aws/index.ts";
import { createDb } from "../platform/db/index.ts";
import { isLambda, logEnv, processEnv, readEnv, retryEnv } from "../platform/env/index.ts";
import { createLogger, type EventforkError, logUnhandledRejections, messageOf } from "../platform/index.ts";
import { chooseMetrics } from "../platform/schedules/index.ts";
import { flushBeforeFreeze, startTracing } from "../platform/tracing/index.ts";
import type { Connection, Integration } from "../providers/index.ts";
import * as Topology from "../topology/index.ts";
import { type ConsumeCtx, consume } from "./consume.ts";

const reserveMs = 2_000;

type ConsumerHandler = (
  event: SQSEvent,
  context: Pick<Context, "getRemainingTimeInMillis">,
) => Promise<SQSBatchResponse>;

type ConsumerCtx = Omit<ConsumeCtx, "connection"> & {
  connection: Connection | null;
  misconfigured: EventforkError | null;
};

/** @throws EventforkError `MISCONFIGURED`, unless the batch has only connection checks. */
export function createConsumer(integration: Integration): ConsumerHandler {
  let ctx: ConsumerCtx | undefined;
  return async (event, context) => {
    await startTracing(`consumer.${integration.name}`);
    const isFirst = ctx === undefined;
    ctx ??= connect(integration);
    const remainingMs = context.getRemainingTimeInMillis();
    const signal = AbortSignal.timeout(Math.max(0, remainingMs - reserveMs));
    const records = event.Records.filter(({ body }) => parseCheck(body) === null);
    const checks = event.Records.flatMap(({ body }) => parseCheck(body) ?? []);
    const [response] = await Promise.all([
      records.length > 0 ? consumeAll(ctx, records, remainingMs, signal) : { batchItemFailures: [] },
      answerChecks(ctx, checks, signal),
      isFirst ? reportSettings(ctx, integration) : undefined,
    ]);
    if (ctx.misconfigured !== null && checks.length === 0) throw ctx.misconfigured;
    await flushBeforeFreeze();
    return response;
  };
}

async function consumeAll(
  { connection, misconfigured, ...ctx }: ConsumerCtx,
  records: readonly SQSRecord[],
  remainingMs: number,
  signal: AbortSignal,
): Promise<SQSBatchResponse> {
  // The handler throws after the checks.
  if (connection === null)
    return { batchItemFailures: records.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  const topology = { ...ctx.topology, timeoutSeconds: remainingMs / 1_000 };
  return consume({ ...ctx, connection, topology }, records, signal);
}

async function reportSettings(ctx: ConsumerCtx, integration: Integration): Promise<void> {
  const { retryScale, misconfigured, log } = ctx;
  const problem = misconfigured?.message ?? null;
  const settings = describeSettings(integration, processEnv(), { retryScale, problem });
  await keepSettings(ctx, integration.name, settings).catch((error) => {
    log.debug({ integration: integration.name, error: messageOf(error) }, "the settings could not be reported");
  });
}

async function answerChecks(ctx: ConsumerCtx, ids: readonly string[], signal: AbortSignal): Promise<void> {
  const { connection, misconfigured } = ctx;
  const checked = connection ?? (misconfigured === null ? null : { misconfigured });
  if (checked === null) return;
  for (const id of ids) await answerCheck({ ...ctx, connection: checked }, id, signal);
}

function connect(integration: Integration): ConsumerCtx {
  const env = processEnv();
  const { EVENTFORK_RETRY_SCALE } = readEnv(retryEnv, env);
  const log = createLogger({ name: `consumer.${integration.name}`, level: readEnv(logEnv, env).LOG_LEVEL });
  logUnhandledRejections(log, { isLambda: isLambda(env) });
  return {
    integration: integration.name,
    topology: Topology.integrations[integration.name],
    ...tryConnect(integration, env),
    db: createDb({ connections: Topology.integrations[integration.name].maximumConcurrency, env }),
    messaging: createOwnMessaging(integration.name, env),
    log,
    metrics: chooseMetrics(env, { integration: integration.name }),
    now: () => new Date(),
    random: Math.random,
    retryScale: EVENTFORK_RETRY_SCALE,
  };
}
