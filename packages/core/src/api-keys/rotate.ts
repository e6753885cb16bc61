import { z } from "zod";
import { audit } from "../audit/index.ts";
import { type Ctx, EventforkError, nameOfActor, newId, parseInput } from "../kernel/index.ts";
import type { NewApiKey } from "./create.ts";
import { makeSecret } from "./secrets.ts";

const longestGraceHours = 7 * 24;

export const rotateApiKeyInput = z.object({
  id: z.string().min(1).max(100),
  graceHours: z.number().int().min(0).max(longestGraceHours).default(24),
});

/**
 * Replaces a key by another with the same rights. The old one still sends for `graceHours`, so that no event is refused
 * in between.
 * @throws EventforkError `NOT_FOUND`; `CONFLICT` when it has ended, or was replaced already.
 */
export async function rotateApiKey(
  ctx: Pick<Ctx, "db" | "actor" | "now" | "from">,
  input: z.input<typeof rotateApiKeyInput>,
): Promise<NewApiKey> {
  const { id: oldId, graceHours } = parseInput(rotateApiKeyInput, input);
  const { secret, hash, tail } = makeSecret();
  const id = newId("apiKey");
  const now = ctx.now();
  const expiresAt = new Date(now.getTime() + graceHours * 3_600_000);
  await ctx.db.$transaction(async (tx) => {
    const { count } = await tx.apiKey.updateMany({
      where: { id: oldId, expiresAt: null, replacedBy: null },
      data: { expiresAt, replacedBy: id },
    });
    const old = await tx.apiKey.findUnique({ where: { id: oldId } });
    if (old === null) throw new EventforkError("NOT_FOUND", `There is no key ${oldId}.`);
    if (count === 0)
      throw new EventforkError("CONFLICT", "This key has ended, or another has taken its place already.");
    const { name, types, source } = old;
    const createdBy = nameOfActor(ctx.actor);
    await tx.apiKey.create({ data: { id, name, hash, tail, types, source, createdAt: now, createdBy } });
    await audit(tx, ctx, { action: "api_key.rotated", target: oldId, after: { replacedBy: id, graceHours } });
  });
  return { id, secret };
}
