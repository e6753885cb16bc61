import { z } from "zod";
import { audit } from "../audit/index.ts";
import { type Env, processEnv } from "../platform/env/index.ts";
import { type Ctx, EventforkError, inputText, parseInput } from "../platform/index.ts";
import { integrationName } from "../platform/input.ts";
import { removalKinds, removals } from "../providers/registry/index.ts";
import { type IntegrationName, isOptional, topologyOf } from "../topology/index.ts";

export const removePersonInput = z.object({
  integration: integrationName,
  userId: inputText.min(1).max(100),
  how: z.enum(removalKinds),
});

/**
 * A pending event may add an archived person again.
 * @throws EventforkError `MISCONFIGURED`, `INVALID` without contacts, `NOT_FOUND`, `CONFLICT` when erased, and as
 * `RemovePerson`.
 */
export async function removePerson(
  ctx: Pick<Ctx, "db" | "actor" | "now" | "from">,
  input: z.input<typeof removePersonInput>,
  env: Env = processEnv(),
): Promise<{ wasMember: boolean }> {
  const { integration, userId, how } = parseInput(removePersonInput, input);
  const { title } = topologyOf(integration);
  requireOn(integration, env);
  const load = removals[integration];
  if (load === undefined) throw new EventforkError("INVALID", `${title} keeps no list to take a person off.`);
  const user = await ctx.db.user.findUnique({ where: { id: userId } });
  if (user === null) throw new EventforkError("NOT_FOUND", `There is no person ${userId}.`);
  if (user.erasedAt !== null) {
    const message = `This person was erased: their address, which ${title} goes by, is known no more.`;
    throw new EventforkError("CONFLICT", message);
  }
  const remove = await load();
  const { wasMember } = await remove({ email: user.email, how }, { env, now: ctx.now });
  const action = `person.removed_from_${integration}`;
  await audit(ctx.db, ctx, { action, target: userId, after: { how, wasMember } });
  return { wasMember };
}

function requireOn(integration: IntegrationName, env: Env): void {
  if (!isOptional(integration)) return;
  const { title, secrets } = topologyOf(integration);
  const missing = secrets.filter((variable) => !env[variable]);
  if (missing.length === 0) return;
  const message = `${title} is off, so it was not asked. ${missing.join(" and ")} would switch it on.`;
  throw new EventforkError("MISCONFIGURED", message);
}
