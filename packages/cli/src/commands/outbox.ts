import type { Ctx } from "@eventfork/core/kernel";
import * as Outbox from "@eventfork/core/outbox";
import type { Answer } from "../output.ts";

/** Publishes again what was set aside, once its cause is gone. */
export async function outboxRetry(ctx: Ctx): Promise<Answer> {
  const { retried } = await Outbox.retrySetAside(ctx);
  const result = await Outbox.publishPending(ctx);
  const aside = result.setAside > 0 ? ` ${result.setAside} were set aside again.` : "";
  return { json: { retried, ...result }, text: `${retried} tried again, ${result.published} published.${aside}` };
}

/** Gives up what was set aside, for a reason that is kept. */
export async function outboxDiscard(ctx: Ctx, { reason }: { reason: string }): Promise<Answer> {
  const { discarded } = await Outbox.discardSetAside(ctx, { reason });
  return { json: { discarded }, text: `${discarded} discarded.` };
}
