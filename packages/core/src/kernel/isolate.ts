import type { Ctx } from "./ctx.ts";
import { messageOf } from "./errors.ts";

/** A step of a job that failed, or a row of one, by its id. */
export type PassedOver = { step: string; id: string | null; error: string };

type IsolateCtx = Partial<Pick<Ctx, "log" | "passedOver">>;

const maximumLength = 300;

/** Reports what a job could not do, in the log and on the System page; the job continues without it. */
export function passOver(ctx: IsolateCtx, step: string, id: string | null, thrown: unknown): void {
  const error = messageOf(thrown).slice(-maximumLength);
  ctx.log?.error({ step, id, error }, "a job passed over what it could not do");
  ctx.passedOver?.push({ step, id, error });
}

/** Runs a step of a job; null where it failed and was passed over. */
export async function isolate<T>(ctx: IsolateCtx, step: string, work: () => Promise<T>): Promise<T | null> {
  return isolateRow(ctx, step, null, work);
}

/** Does a job's work for one row; null where it failed and was passed over. */
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

/** More rows than these fail for a reason that is not theirs. */
const poisonAtMost = 10;

/**
 * Does a job's work for all rows at once, and where that fails for halves of them, down to the rows that it fails for:
 * these are passed over.
 * @returns the rows that it was done for.
 * @throws when the database itself does not answer, or too many rows fail.
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
