import { createMessaging } from "../aws/index.ts";
import { createDb, type Prisma } from "../db/index.ts";
import { isLambda, logEnv, processEnv, readEnv } from "../env/index.ts";
import { type Ctx, createLogger, type Metrics, messageOf, surviveRejections } from "../kernel/index.ts";
import { flushBeforeFreeze, startTracing } from "../traces/index.ts";
import { chooseMetrics } from "./metrics.ts";

export type JobCtx = Ctx & { metrics: Metrics };

/** What a scheduled job answers is kept as the result of its last run. */
export type Job = (ctx: JobCtx) => Promise<Prisma.InputJsonValue>;

/** A job's context, from the process's environment. */
export function createSystemCtx(name: string): JobCtx {
  const env = processEnv();
  const log = createLogger({ name, level: readEnv(logEnv, env).LOG_LEVEL });
  surviveRejections(log, { isLambda: isLambda(env) });
  return {
    db: createDb({ connections: 2, env }),
    messaging: createMessaging(env),
    actor: { kind: "system", name },
    log,
    metrics: chooseMetrics(env, { job: name }),
    now: () => new Date(),
  };
}

/** The Lambda handler of a scheduled job: runs it and records when, how long and with what result. */
export function createScheduled(name: string, job: Job): () => Promise<void> {
  let ctx: JobCtx | undefined;
  return async () => {
    await startTracing(name);
    ctx ??= createSystemCtx(name);
    await runJob(ctx, name, job).finally(flushBeforeFreeze);
  };
}

/** @throws whatever the job threw, after recording it. */
export async function runJob(ctx: JobCtx, name: string, job: Job): Promise<void> {
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
