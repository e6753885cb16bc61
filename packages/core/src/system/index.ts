import core from "../../package.json" with { type: "json" };
import { measureQueues, type QueueDepth } from "../platform/aws/index.ts";
import type { ScheduleRunModel } from "../platform/db/index.ts";
import { type Env, mailEnv, processEnv, readEnv } from "../platform/env/index.ts";
import { type Ctx, messageOf } from "../platform/index.ts";
import { readPassedOver } from "../platform/schedules/index.ts";
import { type Retention, readRetention } from "../retention/index.ts";
import { type IntegrationName, lagLimitSeconds } from "../topology/index.ts";
import { type JobLag, measureLag } from "./lag.ts";

export { type JobLag, measureLag, reportLag } from "./lag.ts";

export type PartHealth = { isOk: boolean; ms: number; error: string | null };

export type SystemItem = {
  database: PartHealth & { version: string | null; sizeBytes: number | null; connections: number | null };
  broker: PartHealth & { fanOut: string; queues: Partial<Record<IntegrationName, QueueDepth | null>> | null };
  schedules: (ScheduleRunModel & { isLate: boolean; passedOver: ReturnType<typeof readPassedOver> })[];
  lags: (JobLag & { isBehind: boolean })[];
  migrations: { name: string; finishedAt: Date | null }[];
  versions: { eventfork: string; node: string };
  settings: Retention & { canSendMail: boolean; emailVerification: "required" | "off" };
};

const lateAfterMs = 3 * 60_000;

export async function inspectSystem(
  ctx: Pick<Ctx, "db" | "messaging" | "now">,
  env: Env = processEnv(),
): Promise<SystemItem> {
  const [database, broker, lags, schedules, migrations] = await Promise.all([
    inspectDatabase(ctx),
    inspectBroker(ctx),
    measureLag(ctx, readRetention(env)),
    ctx.db.scheduleRun.findMany({ orderBy: { name: "asc" } }),
    listMigrations(ctx),
  ]);
  const { EVENTFORK_MAIL_FROM, EVENTFORK_EMAIL_VERIFICATION } = readEnv(mailEnv, env);
  const canSendMail = EVENTFORK_MAIL_FROM !== undefined;
  const now = ctx.now().getTime();
  return {
    database,
    broker: { ...broker, fanOut: ctx.messaging.fanOut.label },
    schedules: schedules.map((run) => ({
      ...run,
      isLate: run.name !== "archive" && now - run.startedAt.getTime() - run.durationMs > lateAfterMs,
      passedOver: readPassedOver(run.result),
    })),
    lags: lags.map((lag) => ({ ...lag, isBehind: lag.seconds > lagLimitSeconds })),
    migrations,
    versions: { eventfork: core.version, node: process.versions.node },
    settings: {
      ...readRetention(env),
      canSendMail,
      emailVerification: canSendMail ? (EVENTFORK_EMAIL_VERIFICATION ?? "required") : "off",
    },
  };
}

async function timed<Answer extends object, Nothing extends object>(
  ask: () => Promise<Answer>,
  nothing: Nothing,
): Promise<PartHealth & (Answer | Nothing)> {
  const from = performance.now();
  const since = () => Math.round(performance.now() - from);
  try {
    const answer = await ask();
    return { isOk: true, error: null, ...answer, ms: since() };
  } catch (error) {
    return { isOk: false, error: messageOf(error), ...nothing, ms: since() };
  }
}

type DatabaseFacts = { version: string | null; sizeBytes: number | null; connections: number | null };

function inspectDatabase({ db }: Pick<Ctx, "db">) {
  const nothing: DatabaseFacts = { version: null, sizeBytes: null, connections: null };
  return timed(async (): Promise<DatabaseFacts> => {
    const [row] = await db.$queryRaw<DatabaseFacts[]>`
      SELECT current_setting('server_version') AS version, pg_database_size(current_database())::float8 AS "sizeBytes",
        (SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database()) AS connections`;
    return row ?? nothing;
  }, nothing);
}

function inspectBroker({ messaging }: Pick<Ctx, "messaging">) {
  return timed(
    async (): Promise<{ queues: SystemItem["broker"]["queues"]; isOk: boolean; error: string | null }> => {
      const queues = await measureQueues(messaging);
      const isOk = Object.values(queues).every((depth) => depth !== null);
      return { queues, isOk, error: isOk ? null : "SQS does not answer for every queue." };
    },
    { queues: null },
  );
}

function listMigrations({ db }: Pick<Ctx, "db">): Promise<SystemItem["migrations"]> {
  return db.$queryRaw`
    SELECT migration_name AS name, finished_at AS "finishedAt" FROM _prisma_migrations
    WHERE rolled_back_at IS NULL ORDER BY migration_name DESC`;
}
