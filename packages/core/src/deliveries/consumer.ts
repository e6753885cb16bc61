import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { createOwnMessaging } from "../aws/index.ts";
import { createDb } from "../db/index.ts";
import { isLambda, logEnv, processEnv, readEnv, retryEnv } from "../env/index.ts";
import type { Integration } from "../integrations/define.ts";
import { createLogger, surviveRejections } from "../kernel/index.ts";
import { chooseMetrics } from "../schedules/metrics.ts";
import * as Topology from "../topology/index.ts";
import { flushBeforeFreeze, startTracing } from "../traces/index.ts";
import { type ConsumeCtx, consume } from "./consume.ts";

/** What a consumer keeps of its invocation's time to record outcomes and to report. */
const reserveMs = 2_000;

export type ConsumerHandler = (
  event: SQSEvent,
  context: Pick<Context, "getRemainingTimeInMillis">,
) => Promise<SQSBatchResponse>;

/**
 * The Lambda handler of an integration. It connects at its first invocation and keeps its connections from then on.
 * @throws EventforkError `MISCONFIGURED`, at the first invocation, naming the variable.
 */
export function createConsumer(integration: Integration): ConsumerHandler {
  let ctx: ConsumeCtx | undefined;
  return async (event, context) => {
    await startTracing(`consumer.${integration.name}`);
    ctx ??= connect(integration);
    const remainingMs = context.getRemainingTimeInMillis();
    const topology = { ...ctx.topology, timeoutSeconds: remainingMs / 1_000 };
    const signal = AbortSignal.timeout(Math.max(0, remainingMs - reserveMs));
    const response = await consume({ ...ctx, topology }, event.Records, signal);
    await flushBeforeFreeze();
    return response;
  };
}

function connect(integration: Integration): ConsumeCtx {
  const env = processEnv();
  const { EVENTFORK_RETRY_SCALE } = readEnv(retryEnv, env);
  const log = createLogger({ name: `consumer.${integration.name}`, level: readEnv(logEnv, env).LOG_LEVEL });
  surviveRejections(log, { isLambda: isLambda(env) });
  return {
    integration: integration.name,
    topology: Topology.integrations[integration.name],
    connection: integration.connect(env),
    db: createDb({ connections: Topology.integrations[integration.name].maximumConcurrency, env }),
    messaging: createOwnMessaging(integration.name, env),
    log,
    metrics: chooseMetrics(env, { integration: integration.name }),
    now: () => new Date(),
    random: Math.random,
    retryScale: EVENTFORK_RETRY_SCALE,
  };
}
