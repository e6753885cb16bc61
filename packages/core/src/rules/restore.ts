import type { z } from "zod";
import { audit } from "../audit/index.ts";
import { type Ctx, EventforkError, messageOf, parseInput } from "../platform/index.ts";
import { integrationInput } from "../platform/input.ts";
import { noteLive, withApplyLock } from "./drift.ts";
import { type LiveRule, policyOf, readNewest, requireFit } from "./versions.ts";

export const restoreSubscriptionInput = integrationInput;

/**
 * Leaves an existing subscription alone. @throws EventforkError `CONFLICT` where only a deployment can subscribe,
 * `UNAVAILABLE` when SNS refuses.
 */
export async function restoreSubscription(
  ctx: Pick<Ctx, "db" | "messaging" | "now" | "actor">,
  input: z.input<typeof restoreSubscriptionInput>,
): Promise<LiveRule> {
  const { integration } = parseInput(restoreSubscriptionInput, input);
  const { subscribe, label, readFilter } = ctx.messaging.fanOut;
  if (subscribe === null) {
    const message = `Only a deployment connects a queue to the ${label}: run npx sst refresh, then npx sst deploy.`;
    throw new EventforkError("CONFLICT", message);
  }
  return withApplyLock(ctx, integration, async (tx) => {
    const newest = await readNewest(tx, integration);
    const policy = requireFit(policyOf(newest), ctx);
    try {
      const existing = await readFilter(integration).catch((error: unknown) => {
        if (error instanceof EventforkError && error.code === "NOT_FOUND") return null;
        throw error;
      });
      if (existing !== null) return await noteLive(tx, ctx, newest, existing);
      const live = await subscribe(integration, policy);
      await tx.missingResource.deleteMany({ where: { integration, resource: "subscription" } });
      const where = { integration_version: { integration, version: newest.version } };
      const accepted = { acceptedAt: ctx.now(), applyError: null, applyNextAt: null };
      if (newest.acceptedAt === null) await tx.ruleVersion.update({ where, data: accepted });
      await audit(tx, ctx, { action: "subscription.restored", target: `${integration} v${newest.version}` });
      return await noteLive(tx, ctx, newest, live);
    } catch (cause) {
      const message = `The ${label} did not subscribe ${integration}'s queue: ${messageOf(cause)}`;
      throw new EventforkError("UNAVAILABLE", message, { cause });
    }
  });
}
