import type { Ctx } from "./ctx.ts";

type Answer = { until: number; promise: Promise<unknown> };

const answers = new WeakMap<Ctx["db"], Map<string, Answer>>();

const aSecondMs = 1_000;

/** Callers share a result for `forMs`. Mask afterwards: it is the same for everybody. */
export function cached<Result>(
  { db, now }: Pick<Ctx, "db" | "now">,
  question: readonly unknown[],
  ask: () => Promise<Result>,
  forMs = aSecondMs,
): Promise<Result> {
  const key = JSON.stringify(question);
  const time = now().getTime();
  const own = answers.get(db) ?? new Map<string, Answer>();
  answers.set(db, own);
  for (const [key, { until }] of own) if (until <= time) own.delete(key);
  const known = own.get(key);
  if (known !== undefined) return known.promise as Promise<Result>;
  const promise = ask();
  own.set(key, { until: time + forMs, promise });
  promise.catch(() => own.delete(key));
  return promise;
}
