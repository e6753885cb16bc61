import type { Ctx } from "./ctx.ts";

type Answer = { until: number; promise: Promise<unknown> };

const answers = new WeakMap<Ctx["db"], Map<string, Answer>>();

/** Less than a screen waits before it asks again, so that it shows new figures each time. */
const aSecondMs = 1_000;

/**
 * One answer for all who ask this process the same within `forMs`: twenty dashboards cost the database as much as one.
 * For answers that are the same for everybody; mask afterwards.
 */
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
