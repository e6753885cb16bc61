import { setTimeout as sleep } from "node:timers/promises";
import { type Ctx, messageOf } from "@eventfork/core/platform";
import { type Caller, callAsSomebody } from "./calls.ts";

const overviews = { open: 20, everyMs: 2_000 };

export type OpenOverviews = { open: number; ms: number[]; errors: string[] };

export async function keepOverviewsOpen(ctx: Ctx, seconds: number): Promise<OpenOverviews> {
  const { open, everyMs } = overviews;
  const until = Date.now() + seconds * 1_000;
  const ms: number[] = [];
  const errors: string[] = [];
  const poll = async (caller: Caller) => {
    const begunAt = performance.now();
    await askOverview(caller).then(
      () => ms.push(performance.now() - begunAt),
      (error) => errors.push(messageOf(error)),
    );
  };
  const keepOpen = async (_: unknown, index: number) => {
    await sleep((index / open) * everyMs);
    const caller = callAsSomebody(ctx);
    while (Date.now() <= until) await Promise.all([poll(caller), sleep(everyMs)]);
  };
  await Promise.all(Array.from({ length: open }, keepOpen));
  return { open, ms, errors };
}

export async function askOverview(caller: Caller): Promise<void> {
  await Promise.all([caller.overview.read({}), caller.rules.issues(), caller.deadLetters.countOpen({})]);
}
