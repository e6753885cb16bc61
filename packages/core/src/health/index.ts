import type { Db } from "../platform/db/index.ts";
import { type Ctx, messageOf } from "../platform/index.ts";

type Check = "ok" | "unavailable";

/** `writes` is unavailable when the disk is full or the database is read-only. */
export type Health = { status: Check; checks: { database: Check; writes: Check } };

/** All callers share a probe, because load balancers poll often. */
const probeEveryMs = 10_000;
const probeTimeoutMs = 2_000;

type Probe = { until: number; error: Promise<string | null> };

const probes = new WeakMap<Db, Probe>();

export async function checkHealth(ctx: Pick<Ctx, "db" | "log" | "now">): Promise<Health> {
  try {
    await ctx.db.$queryRaw`SELECT 1`;
  } catch (error) {
    ctx.log.error({ error: messageOf(error) }, "the database does not answer");
    return { status: "unavailable", checks: { database: "unavailable", writes: "unavailable" } };
  }
  const error = await probeWrites(ctx);
  if (error === null) return { status: "ok", checks: { database: "ok", writes: "ok" } };
  ctx.log.error({ error }, "the database answers, and nothing can be written: is its disk full, or is it read-only?");
  return { status: "unavailable", checks: { database: "ok", writes: "unavailable" } };
}

function probeWrites({ db, now }: Pick<Ctx, "db" | "now">): Promise<string | null> {
  const time = now().getTime();
  const known = probes.get(db);
  if (known !== undefined && known.until > time) return known.error;
  const error = writePage(db).then(() => null, messageOf);
  probes.set(db, { until: time + probeEveryMs, error });
  return error;
}

/** Rewrites the table's file, because an updated row could reuse old space. */
async function writePage(db: Db): Promise<void> {
  const work = async () => {
    await db.$transaction(
      async (tx) => {
        const [lock] = await tx.$queryRaw<{ isOurs: boolean }[]>`
          SELECT pg_try_advisory_xact_lock(hashtextextended('write_probe', 0)) AS "isOurs"`;
        if (lock?.isOurs !== true) return;
        await tx.$executeRaw`TRUNCATE write_probe`;
        await tx.writeProbe.create({ data: { id: 1 } });
      },
      { timeout: probeTimeoutMs, maxWait: probeTimeoutMs },
    );
  };
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no write within ${probeTimeoutMs} ms`)), probeTimeoutMs);
  await Promise.race([work(), late]).finally(() => clearTimeout(timer));
}
