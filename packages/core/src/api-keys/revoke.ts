import { z } from "zod";
import { audit } from "../audit/index.ts";
import { type Ctx, EventforkError, parseInput } from "../kernel/index.ts";

export const revokeApiKeyInput = z.object({ id: z.string().min(1).max(100) });

/**
 * Refuses the key from now on.
 * @throws EventforkError `NOT_FOUND`; `CONFLICT` when it has ended already.
 */
export async function revokeApiKey(
  ctx: Pick<Ctx, "db" | "actor" | "now" | "from">,
  input: z.input<typeof revokeApiKeyInput>,
): Promise<void> {
  const { id } = parseInput(revokeApiKeyInput, input);
  const now = ctx.now();
  await ctx.db.$transaction(async (tx) => {
    const { count } = await tx.apiKey.updateMany({
      where: { id, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] },
      data: { expiresAt: now },
    });
    if (count === 0) {
      const known = await tx.apiKey.findUnique({ where: { id }, select: { id: true } });
      if (known === null) throw new EventforkError("NOT_FOUND", `There is no key ${id}.`);
      throw new EventforkError("CONFLICT", "This key has ended already.");
    }
    await audit(tx, ctx, { action: "api_key.revoked", target: id });
  });
}
