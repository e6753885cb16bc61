import type { Ctx } from "@eventfork/core/kernel";
import * as Outbox from "@eventfork/core/outbox";
import { requireConfirmation } from "../terminal/confirm.ts";
import type { Answer } from "../terminal/output.ts";

export async function outboxRetry(ctx: Ctx): Promise<Answer> {
  const { retried } = await Outbox.retrySetAside(ctx);
  const result = await Outbox.publishPending(ctx);
  const aside = result.setAside > 0 ? ` ${result.setAside} were quarantined again.` : "";
  return { json: { retried, ...result }, text: `${retried} tried again, ${result.published} published.${aside}` };
}

export async function outboxDiscard(ctx: Ctx, options: { reason: string; yes?: boolean }): Promise<Answer> {
  const { reason } = options;
  const { setAside } = await Outbox.inspectOutbox(ctx);
  const question = `${setAside.count} ${setAside.count === 1 ? "event" : "events"} would never go to anybody, for good.`;
  if (setAside.count > 0) await requireConfirmation(options, `${question} Discard?`);
  const { discarded } = await Outbox.discardSetAside(ctx, { reason });
  return { json: { discarded }, text: `${discarded} discarded.` };
}
