import type { Ctx } from "./ctx.ts";
import { messageOf } from "./errors.ts";

type IsolateCtx = Partial<Pick<Ctx, "log" | "passedOver">>;

const maximumLength = 300;

export function passOver(ctx: IsolateCtx, step: string, id: string | null, thrown: unknown): void {
  const error = messageOf(thrown).slice(-maximumLength);
  ctx.log?.error({ step, id, error }, "a job passed over what it could not do");
  ctx.passedOver?.push({ step, id, error });
}

export async function isolate<T>(ctx: IsolateCtx, step: string, work: () => Promise<T>): Promise<T | null> {
  return isolateRow(ctx, step, null, work);
}

export async function isolateRow<T>(
  ctx: IsolateCtx,
  step: string,
  id: string | null,
  work: () => T | Promise<T>,
): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    passOver(ctx, step, id, error);
    return null;
  }
}

const poisonAtMost = 10;

/**
 * Bisects rows on failure.
 * @throws when the database does not respond or too many rows fail.
 */
export async function isolateRows(
  ctx: IsolateCtx & Pick<Ctx, "db">,
  step: string,
  ids: readonly string[],
  work: (ids: readonly string[]) => Promise<unknown>,
): Promise<string[]> {
  const done: string[] = [];
  let poison = 0;
  const tackle = async (some: readonly string[]): Promise<void> => {
    try {
      await work(some);
      done.push(...some);
    } catch (error) {
      await ctx.db.$queryRaw`SELECT 1`;
      const [id] = some;
      if (some.length === 1 && id !== undefined) {
        passOver(ctx, step, id, error);
        poison += 1;
        if (poison > poisonAtMost) throw error;
        return;
      }
      const half = Math.ceil(some.length / 2);
      await tackle(some.slice(0, half));
      await tackle(some.slice(half));
    }
  };
  if (ids.length > 0) await tackle(ids);
  return done;
}
