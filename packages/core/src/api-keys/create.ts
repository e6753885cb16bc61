import { z } from "zod";
import { audit } from "../audit/index.ts";
import { eventTypes } from "../events/index.ts";
import { type Ctx, nameOfActor, newId, parseInput } from "../kernel/index.ts";
import { makeSecret } from "./secrets.ts";

export const createApiKeyInput = z.object({
  name: z.string().trim().min(1, "should say who sends with it").max(100),
  types: z
    .array(z.enum(eventTypes as [string, ...string[]], { error: `should be among ${eventTypes.join(", ")}` }))
    .min(1, "should name an event type at least")
    .transform((types) => [...new Set(types)]),
  source: z
    .string()
    .trim()
    .regex(/^[a-z][a-z0-9._-]{0,49}$/, "should be small letters, digits, dots and dashes, such as shop"),
});

export type NewApiKey = { id: string; secret: string };

export async function createApiKey(
  ctx: Pick<Ctx, "db" | "actor" | "now" | "from">,
  input: z.input<typeof createApiKeyInput>,
): Promise<NewApiKey> {
  const { name, types, source } = parseInput(createApiKeyInput, input);
  const { secret, hash, tail } = makeSecret();
  const id = newId("apiKey");
  await ctx.db.$transaction(async (tx) => {
    const createdBy = nameOfActor(ctx.actor);
    await tx.apiKey.create({ data: { id, name, hash, tail, types, source, createdAt: ctx.now(), createdBy } });
    await audit(tx, ctx, { action: "api_key.created", target: id, after: { name, types, source } });
  });
  return { id, secret };
}
