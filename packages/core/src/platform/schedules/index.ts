import { z } from "zod";
import { createDb, type Prisma } from "../db/index.ts";
import { type Env, isLambda, logEnv, metricsEnv, processEnv, readEnv } from "../env/index.ts";
import {
  type Ctx,
  createLogger,
  createMetrics,
  logUnhandledRejections,
  type Metrics,
  messageOf,
  noMetrics,
  type PassedOver,
  replaceAddresses,
} from "../index.ts";
import { flushBeforeFreeze, startTracing } from "../tracing/index.ts";

type SystemCtx = Omit<Ctx, "messaging"> & { metrics: Metrics };

export type Job<Messaging> = (ctx: SystemCtx & { messaging: Messaging }) => Promise<Prisma.InputJsonObject>;

export function createSystemCtx(name: string): SystemCtx {
  const env = processEnv();
  const log = createLogger({ name, level: readEnv(logEnv, env).LOG_LEVEL });
  logUnhandledRejections(log, { isLambda: isLambda(env) });
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
  job: (ctx: Ctx) => Promise<Prisma.InputJsonObject>,
): Promise<void> {
  const startedAt = ctx.now();
  const passedOver: PassedOver[] = [];
  const finish = async (isOk: boolean, result: Prisma.InputJsonValue) => {
    const row = { startedAt, durationMs: ctx.now().getTime() - startedAt.getTime(), isOk, result };
    await ctx.db.scheduleRun.upsert({ where: { name }, create: { name, ...row }, update: row });
  };
  try {
    const result = await job({ ...ctx, passedOver });
    await finish(passedOver.length === 0, { ...result, passedOver: await keepPassedOver(ctx, name, passedOver) });
  } catch (error) {
    await finish(false, { error: messageOf(error) }).catch(() => undefined);
    throw error;
  }
  const failed = passedOver.filter(({ id }) => id === null).map(({ step, error }) => `${step}: ${error}`);
  if (failed.length > 0) throw new Error(`Steps of ${name} failed. ${failed.join(" ")}`);
}

export async function recordRun(
  ctx: SystemCtx,
  { name, startedAt, passedOver }: { name: string; startedAt: Date; passedOver: PassedOver[] },
): Promise<void> {
  const result = { passedOver: await keepPassedOver(ctx, name, passedOver) };
  const row = {
    startedAt,
    durationMs: ctx.now().getTime() - startedAt.getTime(),
    isOk: passedOver.length === 0,
    result,
  };
  await ctx.db.scheduleRun.upsert({ where: { name }, create: { name, ...row }, update: row });
}

export function readPassedOver(result: unknown): (PassedOver & { at: string })[] {
  return keptSchema.parse(result).passedOver;
}

const keptForMs = 24 * 3_600_000;
const keptAtMost = 20;

/** Keeps a day's entries, or a frequent job would replace its own. */
async function keepPassedOver(
  { db, now }: SystemCtx,
  name: string,
  passedOver: readonly PassedOver[],
): Promise<Prisma.InputJsonArray> {
  const at = now();
  const before = await db.scheduleRun.findUnique({ where: { name } });
  const kept = readPassedOver(before?.result);
  const fresh = passedOver.map((one) => ({ ...one, error: maskAddresses(one.error), at: at.toISOString() }));
  const isFresh = (old: PassedOver) => passedOver.some(({ step, id }) => step === old.step && id === old.id);
  const old = kept.filter((one) => at.getTime() - Date.parse(one.at) < keptForMs && !isFresh(one));
  return [...fresh, ...old].slice(0, keptAtMost);
}

const keptSchema = z
  .object({
    passedOver: z
      .array(z.object({ step: z.string(), id: z.string().nullable(), error: z.string(), at: z.string() }))
      .catch([]),
  })
  .catch({ passedOver: [] });

function maskAddresses(text: string): string {
  return replaceAddresses(text, () => "…");
}

export function chooseMetrics(env: Env, dimensions: Readonly<Record<string, string>>): Metrics {
  const { EVENTFORK_METRICS, AWS_LAMBDA_FUNCTION_NAME, EVENTFORK_STAGE } = readEnv(metricsEnv, env);
  const choice = EVENTFORK_METRICS ?? (AWS_LAMBDA_FUNCTION_NAME === undefined ? "off" : "emf");
  const stage: Record<string, string> = EVENTFORK_STAGE === undefined ? {} : { stage: EVENTFORK_STAGE };
  return choice === "emf" ? createMetrics({ ...stage, ...dimensions }) : noMetrics;
}
