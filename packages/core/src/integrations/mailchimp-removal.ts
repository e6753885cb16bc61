import { createHash } from "node:crypto";
import { z } from "zod";
import { audit } from "../audit/index.ts";
import { type Env, mailchimpEnv, processEnv, readEnv } from "../env/index.ts";
import { type Ctx, EventforkError, parseInput } from "../kernel/index.ts";
import { isDeliveryError } from "./define.ts";
import { callMailchimp } from "./mailchimp-transport.ts";

/** `archive` takes a member off the audience and can be taken back; `permanent` deletes all of it, and nothing can import the address again. */
export const removals = ["archive", "permanent"] as const;

export const removeMemberInput = z.object({ userId: z.string().min(1).max(100), how: z.enum(removals) });

const timeoutMs = 15_000;

/**
 * Takes a person off the Mailchimp audience. `wasMember` is false when they were not on it. What is still on its way to Mailchimp may add
 * an archived member again; a permanently deleted one is refused.
 * Source: https://mailchimp.com/developer/marketing/api/list-members/ ("Archive list member", "Delete list member")
 * @throws EventforkError `NOT_FOUND`, `CONFLICT` when the person was erased and the address is known no more, `MISCONFIGURED` without
 * Mailchimp's key, `UNAVAILABLE` with Mailchimp's answer.
 */
export async function removeMember(
  ctx: Pick<Ctx, "db" | "actor" | "now" | "from">,
  input: z.input<typeof removeMemberInput>,
  env: Env = processEnv(),
): Promise<{ wasMember: boolean }> {
  const { userId, how } = parseInput(removeMemberInput, input);
  const { MAILCHIMP_API_KEY: apiKey, MAILCHIMP_LIST_ID: list, MAILCHIMP_API_URL } = readEnv(mailchimpEnv, env);
  const user = await ctx.db.user.findUnique({ where: { id: userId } });
  if (user === null) throw new EventforkError("NOT_FOUND", `There is no person ${userId}.`);
  if (user.erasedAt !== null) {
    throw new EventforkError(
      "CONFLICT",
      "This person was erased: their address, which Mailchimp goes by, is known no more.",
    );
  }
  const base = MAILCHIMP_API_URL ?? `https://${apiKey.slice(apiKey.lastIndexOf("-") + 1)}.api.mailchimp.com/3.0`;
  const hash = createHash("md5").update(user.email.toLowerCase()).digest("hex");
  const member = `${base.replace(/\/+$/, "")}/lists/${encodeURIComponent(list)}/members/${hash}`;
  const request =
    how === "archive"
      ? { url: new URL(member), method: "DELETE", body: undefined }
      : { url: new URL(`${member}/actions/delete-permanent`), method: "POST", body: undefined };
  const wasMember = await call(request, { apiKey, email: user.email, now: ctx.now });
  await audit(ctx.db, ctx, { action: "person.removed_from_mailchimp", target: userId, after: { how, wasMember } });
  return { wasMember };
}

async function call(
  request: Parameters<typeof callMailchimp>[0],
  { apiKey, email, now }: { apiKey: string; email: string; now: () => Date },
): Promise<boolean> {
  try {
    await callMailchimp(request, {
      apiKey,
      hidden: [email],
      signal: AbortSignal.timeout(timeoutMs),
      now,
      uncertain: new Map(),
      traceparent: null,
    });
    return true;
  } catch (error) {
    if (!isDeliveryError(error)) throw error;
    // Archiving who is archived, or deleting who is not there, has the effect that was asked for.
    if (["Resource Not Found", "Method Not Allowed"].includes(error.code)) return false;
    throw new EventforkError("UNAVAILABLE", `Mailchimp did not do it: ${error.message}`, { cause: error });
  }
}
