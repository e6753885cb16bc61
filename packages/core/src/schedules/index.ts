import { createDb, type Prisma } from "../db/index.ts";
import { type Env, isLambda, logEnv, metricsEnv, processEnv, readEnv } from "../env/index.ts";
import {
  type Ctx,
  createLogger,
  createMetrics,
  type Metrics,
  messageOf,
  noMetrics,
  surviveRejections,
} from "../kernel/index.ts";
import { flushBeforeFreeze, startTracing } from "../traces/index.ts";

type SystemCtx = Omit<Ctx, "messaging"> & { metrics: Metrics };

export type Job<Messaging> = (ctx: SystemCtx & { messaging: Messaging }) => Promise<Prisma.InputJsonValue>;

export function createSystemCtx(name: string): SystemCtx {
  const env = processEnv();
  const log = createLogger({ name, level: readEnv(logEnv, env).LOG_LEVEL });
  surviveRejections(log, { isLambda: isLambda(env) });
  return {
    db: createDb({ connections: 2, env }),
    actor: { kind: "system", name },
    log,
    metrics: chooseMetrics(env, { job: name }),
    now: () => new Date(),
  };
}

export function createScheduled<Messaging>(
  name: string,
  connect: (env: Env) => Messaging,
  job: Job<Messaging>,
): () => Promise<void> {
  let ctx: (SystemCtx & { messaging: Messaging }) | undefined;
  return async () => {
    await startTracing(name);
    ctx ??= { ...createSystemCtx(name), messaging: connect(processEnv()) };
    try {
      await runJob(ctx, name, job);
    } finally {
      await flushBeforeFreeze();
    }
  };
}

async function runJob<Ctx extends SystemCtx>(
  ctx: Ctx,
  name: string,
  job: (ctx: Ctx) => Promise<Prisma.InputJsonValue>,
): Promise<void> {
  const startedAt = ctx.now();
  const finish = async (isOk: boolean, result: Prisma.InputJsonValue) => {
    const row = { startedAt, durationMs: ctx.now().getTime() - startedAt.getTime(), isOk, result };
    await ctx.db.scheduleRun.upsert({ where: { name }, create: { name, ...row }, update: row });
  };
  try {
    await finish(true, await job(ctx));
  } catch (error) {
    await finish(false, { error: messageOf(error) }).catch(() => undefined);
    throw error;
  }
}

export function chooseMetrics(env: Env, dimensions: Readonly<Record<string, string>>): Metrics {
  const { EVENTFORK_METRICS, AWS_LAMBDA_FUNCTION_NAME, EVENTFORK_STAGE } = readEnv(metricsEnv, env);
  const choice = EVENTFORK_METRICS ?? (AWS_LAMBDA_FUNCTION_NAME === undefined ? "off" : "emf");
  const stage: Record<string, string> = EVENTFORK_STAGE === undefined ? {} : { stage: EVENTFORK_STAGE };
  return choice === "emf" ? createMetrics({ ...stage, ...dimensions }) : noMetrics;
}
