import { completeAttempts } from "@eventfork/core/deliveries";
import type { Ctx } from "@eventfork/core/platform";
import type { AllFigures } from "@eventfork/core/rollups";
import { integrationNames } from "@eventfork/core/topology";

export async function countFigures(ctx: Ctx, from: Date, to: Date) {
  const range = { gte: from, lt: to };
  const attempts = completeAttempts(
    await ctx.db.attempt.findMany({ where: { startedAt: range } }),
    await ctx.db.delivery.findMany({ where: { lastAttemptAt: range } }),
  );
  const deadLetters = await ctx.db.deadLetter.findMany({ where: { errorClass: "Unfinished", status: "open" } });
  const unfinished = deadLetters.filter(({ archivedAt }) => archivedAt >= from && archivedAt < to);
  const count = (name: string, ...outcomes: string[]) =>
    attempts.filter(({ integration, outcome }) => integration === name && outcomes.includes(outcome)).length;
  const countDeadLetters = (name: string) =>
    unfinished.reduce((sum, deadLetter) => sum + (deadLetter.integration === name ? deadLetter.deadLetterCount : 0), 0);
  return Object.fromEntries(
    integrationNames.map((name) => [
      name,
      {
        delivered: count(name, "delivered"),
        retried: count(name, "retry"),
        deadLettered: count(name, "rejected", "exhausted") + countDeadLetters(name),
        refused: count(name, "credentials"),
      },
    ]),
  );
}

export function totalFigures({ integrations }: AllFigures) {
  return Object.fromEntries(
    integrationNames.map((name) => {
      const { delivered, retried, deadLettered, refused } = integrations[name];
      return [name, { delivered, retried, deadLettered, refused }];
    }),
  );
}
